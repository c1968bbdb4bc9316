using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using SkiaSharp;
using Toolchain.Data.Images;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Tests;

/// <summary>Eight files that show the same picture, each held another way.</summary>
public sealed class ExifTests
{
    const int Width = 32, Height = 16;

    // Blocks of 8 x 8 of one level: JPEG keeps them within a level or two.
    static readonly byte[] upright = [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(i / Width / 8 * 100 + i % Width / 8 * 30))];

    [Theory]
    [InlineData("png", 0)]
    [InlineData("png16", 0)]
    [InlineData("webp", 0)]
    [InlineData("jpeg", 3)]
    public void Decode_EachOrientation_IsTheSamePicture(string format, int tolerance)
    {
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            foreach (bool bigEndian in new[] { false, true })
            {
                Picture image = ImageFile.Decode(Make(format, orientation, Tiff(orientation, bigEndian)), "x");
                Assert.True((image.Width, image.Height) == (Width, Height),
                    $"{format}, orientation {orientation}: {image.Width} x {image.Height}");
                int worst = upright.Zip(image.Pixels).Max(pair => Math.Abs(pair.First - pair.Second));
                Assert.True(worst <= tolerance, $"{format}, orientation {orientation}: differs by {worst}");
            }
        }
    }

    [Fact]
    public void OfPng_DamagedExif_IsUpright()
    {
        foreach (byte[] exif in (byte[][])[[], [.. "II"u8], [.. "II*\0"u8, 255, 255, 255, 255], [.. "MM\0*"u8, 0, 0, 0, 8, 0, 9]])
        {
            Assert.Equal(1, Exif.OfPng([.. FileKinds.PngMagic, .. Chunk("eXIf", exif)]));
        }
    }

    // Where the file's pixel (x, y) lies in the upright picture, by the table of the standard: what its first row and its first column are.
    static byte[] Stored(int orientation, out int width, out int height)
    {
        (width, height) = orientation >= 5 ? (Height, Width) : (Width, Height);
        byte[] stored = new byte[Width * Height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int right, int down) = orientation switch
                {
                    1 => (x, y), // row 0 is the top, column 0 the left side
                    2 => (Width - 1 - x, y), // top, right
                    3 => (Width - 1 - x, Height - 1 - y), // bottom, right
                    4 => (x, Height - 1 - y), // bottom, left
                    5 => (y, x), // left, top
                    6 => (Width - 1 - y, x), // right, top
                    7 => (Width - 1 - y, Height - 1 - x), // right, bottom
                    _ => (y, Height - 1 - x), // left, bottom
                };
                stored[y * width + x] = upright[down * Width + right];
            }
        }
        return stored;
    }

    static byte[] Make(string format, int orientation, byte[] tiff)
    {
        byte[] pixels = Stored(orientation, out int width, out int height);
        switch (format)
        {
            case "png":
                byte[] png = PngWriter.Encode(width, height, 1, pixels);
                return [.. png.AsSpan(0, 33), .. Chunk("eXIf", tiff), .. png.AsSpan(33)];
            case "png16":
                byte[] rows = [.. Enumerable.Range(0, height)
                    .SelectMany(y => (IEnumerable<byte>)[0, .. pixels.Skip(y * width).Take(width)
                        .SelectMany(pixel => new[] { pixel, pixel })])];
                byte[] header = [0, 0, 0, (byte)width, 0, 0, 0, (byte)height, 16, 0, 0, 0, 0];
                return ImageFileTests.Png(header, ("eXIf", tiff), ("IDAT", ImageFileTests.Zlib(rows)));
            case "jpeg":
                byte[] jpeg = Skia(pixels, width, height, pixmap => pixmap.Encode(new SKJpegEncoderOptions(100)));
                byte[] content = [.. "Exif\0\0"u8, .. tiff];
                return [.. jpeg.AsSpan(0, 2), 0xFF, 0xE1, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content,
                    .. jpeg.AsSpan(2)];
            default:
                byte[] webp = Skia(pixels, width, height,
                    pixmap => pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100)));
                byte[] extended = [8, 0, 0, 0, (byte)(width - 1), 0, 0, (byte)(height - 1), 0, 0];
                byte[] body = [.. "WEBP"u8, .. Riff("VP8X", extended), .. webp.AsSpan(12), .. Riff("EXIF", tiff)];
                return Riff("RIFF", body);
        }
    }

    static byte[] Skia(byte[] pixels, int width, int height, Func<SKPixmap, SKData?> encode)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int i = 0; i < pixels.Length; i++)
        {
            bitmap.SetPixel(i % width, i / width, new SKColor(pixels[i], pixels[i], pixels[i]));
        }
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData data = encode(pixmap)!;
        return data.ToArray();
    }

    // A TIFF header and a directory of one entry: tag 0x0112, type 3, one value.
    static byte[] Tiff(int orientation, bool bigEndian) => bigEndian
        ? [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]
        : [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    static byte[] Chunk(string type, byte[] content)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.HashToUInt32(chunk.AsSpan(4, content.Length + 4)));
        return chunk;
    }

    static byte[] Riff(string type, byte[] content) =>
        [.. Encoding.ASCII.GetBytes(type), .. BitConverter.GetBytes(content.Length), .. content,
            .. content.Length % 2 == 1 ? new byte[1] : []];
}
