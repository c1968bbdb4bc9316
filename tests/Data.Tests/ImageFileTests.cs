using System.IO.Compression;
using System.IO.Hashing;
using SkiaSharp;
using Toolchain.Data.Images;
using Toolchain.Data.Reading;
using Toolchain.Data.Seeds;

namespace Toolchain.Data.Tests;

public sealed class ImageFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Decode_PngOfEachColourType_IsWhatSkiaSees(int samples)
    {
        var random = new RandomStream(3, "png", sample: samples);
        byte[] pixels =
            [.. Enumerable.Range(0, 5 * 4 * samples)
            .Select(i => i % samples == 3 || (samples == 2 && i % 2 == 1) ? (byte)255 : (byte)random.NextInt32(256))];
        byte[] file = PngWriter.Encode(5, 4, samples, pixels);
        Picture own = PngReader.Read(file, "x", 1)!.Value, skia = SkiaReader.Read(file, "x", 1, out _);
        Assert.Equal((5, 4), (own.Width, own.Height));
        Assert.Equal(skia.Pixels, own.Pixels);
    }

    // Skia's encoder uses every row filter, which our writer does not.
    [Theory]
    [InlineData(SKPngEncoderFilterFlags.Sub)]
    [InlineData(SKPngEncoderFilterFlags.Up)]
    [InlineData(SKPngEncoderFilterFlags.Avg)]
    [InlineData(SKPngEncoderFilterFlags.Paeth)]
    [InlineData(SKPngEncoderFilterFlags.AllFilters)]
    public void Decode_PngOfEachRowFilter_IsWhatSkiaSees(SKPngEncoderFilterFlags filter)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(17, 13, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var random = new RandomStream(4, "filters");
        for (int i = 0; i < 17 * 13; i++)
        {
            bitmap.SetPixel(i % 17, i / 17, new((byte)random.NextInt32(256), (byte)(i * 3), (byte)(i * 7)));
        }
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData data = pixmap.Encode(new SKPngEncoderOptions(filter, 6))!;
        byte[] file = data.ToArray();
        Assert.Equal(SkiaReader.Read(file, "x", 1, out _).Pixels, PngReader.Read(file, "x", 1)!.Value.Pixels);
    }

    // Left 9, up 12, corner 10 guess 11; up and corner are equally near, and up goes first. The pixel is up + 1.
    [Fact]
    public void Decode_PngPaethWithATie_TakesUpBeforeCorner()
    {
        byte[] file = Png([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0], ("IDAT", Zlib([0, 10, 12, 4, 255, 1])));
        Assert.Equal(new byte[] { 10, 12, 9, 13 }, ImageFile.Decode(file, "x").Pixels);
    }

    [Fact]
    public void Decode_PngPalette_LooksColoursUp()
    {
        byte[] file = Png([0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0], ("PLTE", [0, 0, 0, 255, 255, 255]), ("IDAT", Zlib([0, 1, 0])));
        Assert.Equal(new byte[] { 255, 0 }, ImageFile.Decode(file, "x").Pixels);
    }

    [Fact]
    public void Decode_PngOfOneBit_IsLeftToSkia()
    {
        byte[] file = Png([0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0], ("IDAT", Zlib([0, 0x40])));
        Assert.Null(PngReader.Read(file, "x", 1));
        Assert.Equal(new byte[] { 0, 255 }, ImageFile.Decode(file, "x").Pixels);
    }

    [Fact]
    public void Decode_TransparentPng_PutsInkOnItsOpposite()
    {
        Assert.Equal(new byte[] { 0, 255 }, ImageFile.Decode(PngWriter.Encode(2, 1, 2, [0, 255, 0, 0]), "x").Pixels);
        Assert.Equal(new byte[] { 255, 0 }, ImageFile.Decode(PngWriter.Encode(2, 1, 2, [255, 255, 255, 0]), "x").Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Decode_LossyFormats_ComeNearTheirSource(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(32, 24);
        bitmap.Erase(new SKColor(200, 200, 200));
        using SKData data = bitmap.Encode(format, 90);
        Picture image = ImageFile.Decode(data.ToArray(), "x");
        Assert.Equal((32, 24), (image.Width, image.Height));
        Assert.All(image.Pixels, pixel => Assert.InRange(pixel, 196, 204));
    }

    [Fact]
    public void Decode_Pgm_ReadsCommentsAndScalesToWhite() =>
        Assert.Equal(new byte[] { 0, 128, 255, 255 },
        ImageFile.Decode([.. "P5 # made by hand\n2 2\n# two\n100\n"u8, 0, 50, 100, 200], "x").Pixels);

    // Luma of red 76, of blue 29.
    [Fact]
    public void Decode_Gif_IsItsOneFrame()
    {
        Picture image = ImageFile.Decode(Samples.Gif, "x");
        Assert.Equal((10, 10, 76, 29), (image.Width, image.Height, image.Pixels[0], image.Pixels[9]));
    }

    [Fact]
    public void Decode_GifOfTwoFrames_IsRefused()
    {
        byte[] still = Samples.Gif;
        byte[] moving = [.. still.AsSpan(0, still.Length - 1), .. still.AsSpan(25)];
        Assert.Equal("'x': expected one picture, found an animation of 2 frames; save the frame that is meant, or leave it out "
            + "with --skip-bad.",
            Assert.Throws<InvalidDataException>(() => ImageFile.Decode(moving, "x")).Message);
    }

    [Theory]
    [InlineData("P5 2 2 65535 ",
        "'x': offset 13: expected 8 bytes of pixels, found 0; the file is truncated or holds several images.")]
    [InlineData("P5 2 2 255 abc", "'x': offset 11: expected 4 bytes of pixels, found 3; the file is truncated or holds several images.")]
    [InlineData("P5 99999 99999 255 ", "'x': expected 1 to 16777216 pixels, found a header of 99999 x 99999; scale the image down.")]
    [InlineData("P5 2 x 255 abcd", "'x': offset 5: expected the image's height as a decimal number, found otherwise; the PGM header is "
        + "damaged.")]
    [InlineData("GIF89a", "'x': offset 0: expected a whole image, found a damaged header; save the image again.")]
    [InlineData("", "'x': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found an empty file; name another.")]
    public void Decode_WhatCannotBeRead_SaysWhy(string file, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() =>
        ImageFile.Decode(System.Text.Encoding.Latin1.GetBytes(file), "x")).Message);

    [Fact]
    public void Decode_PngOfHugeSize_IsRefusedBeforeItIsAllocated()
    {
        byte[] file = Png([0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 0, 0, 0, 0], ("IDAT", Zlib([0])));
        Assert.Equal("'x': expected 1 to 16777216 pixels, found a header of 60000 x 60000; scale the image down.",
            Assert.Throws<InvalidDataException>(() => ImageFile.Decode(file, "x")).Message);
    }

    [Fact]
    public void Decode_PngWithWrongChecksum_NamesItsOffset()
    {
        byte[] file = Samples.PngDigit(9);
        file[29] ^= 1;
        string message = Assert.Throws<InvalidDataException>(() => ImageFile.Decode(file, "x")).Message;
        Assert.Matches("^'x': offset 29: expected the checksum [0-9A-F]{8}, found [0-9A-F]{8}; the image is damaged, save it again.$",
            message);
    }

    [Fact]
    public void WriteRgb_ThenDecode_GivesTheLumaOfEachPixel()
    {
        using var folder = new TemporaryFolder();
        PngWriter.WriteRgb(folder["c.png"], 3, 1, [255, 0, 0, 0, 255, 0, 0, 0, 255]);
        Assert.Equal(new byte[] { 76, 150, 29 }, ImageFile.Decode(File.ReadAllBytes(folder["c.png"]), "c").Pixels);
    }

    internal static byte[] Png(byte[] header, params (string Type, byte[] Content)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write(FileKinds.PngMagic);
        foreach ((string type, byte[] content) in ((string, byte[])[])[("IHDR", header), .. chunks, ("IEND", [])])
        {
            byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. content];
            uint crc = Crc32.HashToUInt32(body);
            file.Write([0, (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. body, (byte)(crc >> 24),
                (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc]);
        }
        return file.ToArray();
    }

    internal static byte[] Zlib(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            zlib.Write(bytes);
        }
        return packed.ToArray();
    }
}
