using System.Buffers.Binary;
using SkiaSharp;
using Toolchain.Data.Images;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

/// <summary>Images that nobody should feed to a digit reader, each refused in a line that names it or read as what it shows.</summary>
public sealed class BadImageTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "empty", "'x': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found an empty file; name another." },
        { "text", "'x': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found text that starts 'no image'; "
            + "get the file again (a list of paths is read from standard input: --data - < FILE)." },
        { "gif", "'x': offset 0: expected a whole image, found a damaged header; save the image again." },
        { "tiff", "'x': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found a TIFF image; convert it to PNG." },
        { "huge png", "'x': expected 1 to 16777216 pixels, found a header of 60000 x 60000; scale the image down." },
        { "huge jpeg", "'x': expected 1 to 16777216 pixels, found a header of 60000 x 60000; scale the image down." },
        { "huge webp", "'x': expected 1 to 16777216 pixels, found a header of 16000 x 16000; scale the image down." },
        { "huge bmp", "'x': expected 1 to 16777216 pixels, found a header of 30000 x 30000; scale the image down." },
        { "png bomb", "'x': expected 4 x 4 pixels in its IDAT chunks, found others; the image is damaged, save it again." },
        { "animated png", "'x': expected one picture, found an animation; save the frame that is meant, or leave it out with --skip-bad." },
        { "animated webp", "'x': expected one picture, found an animation of 2 frames; save the frame that is meant, or leave it out with "
            + "--skip-bad." },
        { "cut jpeg", "'x': expected 32 x 24 pixels, found a damaged or truncated image (IncompleteInput); save the image again." },
        { "17-bit pgm", "'x': offset 12: expected a largest value in [1..65535], found 65536; save the image again." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Decode_BadImage_IsRefusedInOneLine(string kind, string message)
    {
        byte[] file = Make(kind);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => ImageFile.Decode(file, "x")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    // v * 255 / 65535 to the nearest: of 0x00FF that is 0.99, of 0x8000 127.50.., of 0xFE7F 253.50...
    [Fact]
    public void Decode_PngOf16Bits_IsReducedToTheNearest()
    {
        byte[] file = ImageFileTests.Png([0, 0, 0, 5, 0, 0, 0, 1, 16, 0, 0, 0, 0],
            ("IDAT", ImageFileTests.Zlib([0, 0, 0, 0, 0xFF, 0x80, 0, 0xFE, 0x7F, 0xFF, 0xFF])));
        Assert.Equal(new byte[] { 0, 1, 128, 254, 255 }, ImageFile.Decode(file, "x").Pixels);
    }

    // The filter adds the pixel to the left, two bytes before: 0x0100 and 0x0200.
    [Fact]
    public void Decode_FilteredPngOf16Bits_IsUnfilteredByPixels()
    {
        byte[] file = ImageFileTests.Png([0, 0, 0, 2, 0, 0, 0, 1, 16, 0, 0, 0, 0], ("IDAT", ImageFileTests.Zlib([1, 1, 0, 1, 0])));
        Assert.Equal(new byte[] { 1, 2 }, ImageFile.Decode(file, "x").Pixels);
    }

    [Fact]
    public void Decode_PgmOf16Bits_IsReducedToTheNearest() => Assert.Equal(new byte[] { 1, 128, 255 },
        ImageFile.Decode([.. "P5 3 1 1000 "u8, 0, 4, 0x01, 0xF5, 0xFF, 0xFF], "x").Pixels);

    [Fact]
    public void Open_UInt16BeyondBytes_IsReducedAndSaid()
    {
        using var folder = new TemporaryFolder();
        ushort[] numbers = new ushort[784];
        (numbers[300], numbers[301], numbers[302]) = (ushort.MaxValue, 255, 0x8000);
        byte[] header = System.Text.Encoding.ASCII.GetBytes("{'descr': '<u2', 'fortran_order': False, 'shape': (1, 28, 28), }\n");
        string path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header,
            .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan())]);
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal((255, 1, 128), (set.Pixels[300], set.Pixels[301], set.Pixels[302]));
        Assert.Equal("numbers are 16 bits (uint16): values are read as 0..65535 and reduced to 8 bits; stretch them first where they reach "
            + "less far", set.Remarks[0]);
    }

    // Adobe's CMYK is stored inverted: all samples 200 of 255 are little ink. Red = 200 * 200 / 255 = 157, and so for green and blue.
    [Fact]
    public void Decode_CmykJpeg_IsReadAsItsColour()
    {
        Picture image = ImageFile.Decode(CmykJpeg(200), "x");
        Assert.Equal((8, 8), (image.Width, image.Height));
        Assert.All(image.Pixels, pixel => Assert.InRange(pixel, 154, 160));
    }

    [Fact]
    public void ReadFile_LongerThanAnyImage_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("long.png", []);
        using (FileStream sparse = File.OpenWrite(path))
        {
            sparse.SetLength(100L << 20);
        }
        Assert.Equal($"'{path}': expected an image file of less than {64 << 20} bytes, found more; scale the image down.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder.Root, Split.All)).Message);
    }

    [Fact]
    public void ReadFile_Unreadable_IsNamed()
    {
        using var folder = new TemporaryFolder();
        string path = folder["folder.png"];
        Directory.CreateDirectory(path);
        Assert.Equal($"'{path}': expected an image file, found a folder; name its files.",
            Assert.Throws<InvalidDataException>(() => new ImageBuffer().ReadFile(path)).Message);
    }

    static byte[] Make(string kind)
    {
        switch (kind)
        {
            case "empty": return [];
            case "text": return "no image"u8.ToArray();
            case "tiff": return [.. "II*\0"u8, 8, 0, 0, 0, 0, 0];
            case "gif": return [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0];
            case "huge png": return ImageFileTests.Png([0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 0, 0, 0, 0], ("IDAT", []));
            case "huge jpeg":
                byte[] jpeg = CmykJpeg(200);
                int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
                new byte[] { 0xEA, 0x60, 0xEA, 0x60 }.CopyTo(jpeg, frame + 5);
                return jpeg;
            case "huge webp": // 14 bits each for width - 1 and height - 1
                byte[] webp = StillWebp();
                BinaryPrimitives.WriteUInt32LittleEndian(webp.AsSpan(1), 15_999 | 15_999 << 14);
                return Riff(("VP8L", webp));
            case "huge bmp": return Bmp(30_000, 30_000);
            case "png bomb":
                return ImageFileTests.Png([0, 0, 0, 4, 0, 0, 0, 4, 8, 0, 0, 0, 0],
                ("IDAT", ImageFileTests.Zlib(new byte[8 << 20])));
            case "animated png":
                return ImageFileTests.Png([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0], ("acTL", [0, 0, 0, 2, 0, 0, 0, 0]),
                ("IDAT", ImageFileTests.Zlib([0, 0])));
            case "animated webp":
                byte[] moving = [0, 0, 0, 0, 0, 0, 3, 0, 0, 3, 0, 0, 100, 0, 0, 0, .. Chunk("VP8L", StillWebp())];
                return Riff(("VP8X", [2, 0, 0, 0, 3, 0, 0, 3, 0, 0]), ("ANIM", [0, 0, 0, 0, 0, 0]), ("ANMF", moving), ("ANMF", moving));
            case "cut jpeg": return Encode(SKEncodedImageFormat.Jpeg, 32, 24)[..^60];
            default: return [.. "P5 2 1 65536 "u8, 0, 0, 255, 255];
        }
    }

    static byte[] Encode(SKEncodedImageFormat format, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        for (int i = 0; i < width * height; i++)
        {
            bitmap.SetPixel(i % width, i / width, new SKColor((byte)(i * 37), (byte)(i * 91), (byte)(i * 13)));
        }
        using SKData data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    // The lossless image data of a still picture of 4 x 4.
    static byte[] StillWebp()
    {
        using var bitmap = new SKBitmap(4, 4);
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData data = pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100))!;
        byte[] file = data.ToArray();
        int at = file.AsSpan().IndexOf("VP8L"u8);
        return file[(at + 8)..(at + 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4)))];
    }

    static byte[] Riff(params (string Type, byte[] Content)[] chunks)
    {
        byte[] content = [.. "WEBP"u8, .. chunks.SelectMany(chunk => Chunk(chunk.Type, chunk.Content))];
        return Chunk("RIFF", content);
    }

    static byte[] Chunk(string type, byte[] content) =>
        [.. System.Text.Encoding.ASCII.GetBytes(type), .. BitConverter.GetBytes(content.Length), .. content, .. content.Length % 2 == 1
        ? new byte[1] : []];

    static byte[] Bmp(int width, int height) =>
        [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height), 1,
        0, 24, 0, .. new byte[24], .. new byte[64]];

    // Baseline JPEG of 8 x 8 with four components of one constant sample: DC of category 7 has the code 10, end of block the code 0,
    // quantiser 8.
    static byte[] CmykJpeg(int sample)
    {
        string bits = string.Concat(Enumerable.Repeat("10" + Convert.ToString(sample - 128, 2).PadLeft(7, '0') + "0", 4));
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        byte[] data = [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2))];
        return
        [
            0xFF, 0xD8, 0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0,
            0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)8, 64),
            0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0,
            0xFF, 0xC4, 0, 21, 0x00, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
            0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0xFF, 0xDA, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0,
            .. data, 0xFF, 0xD9,
        ];
    }
}
