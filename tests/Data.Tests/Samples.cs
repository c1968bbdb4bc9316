using System.IO.Compression;
using ICSharpCode.SharpZipLib.BZip2;
using Toolchain.Data.Images;

namespace Toolchain.Data.Tests;

/// <summary>Small files made by hand.</summary>
static class Samples
{
    /// <summary>IDX images whose pixel p of image i is (i + p) mod 256.</summary>
    public static byte[] IdxImages(int count)
    {
        byte[] file = new byte[16 + count * 784];
        new byte[] { 0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 28, 0, 0, 0, 28 }.CopyTo(file, 0);
        for (int i = 0; i < count * 784; i++)
        {
            file[16 + i] = (byte)(i / 784 + i % 784);
        }
        return file;
    }

    public static byte[] IdxLabels(params byte[] labels) => [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    public static byte[] Bzip2(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var bzip2 = new BZip2OutputStream(packed) { IsStreamOwner = false })
        {
            bzip2.Write(bytes);
        }
        return packed.ToArray();
    }

    public static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }
        return packed.ToArray();
    }

    /// <summary>A 28 x 28 grey PNG, all <paramref name="level"/> inside a black ring.</summary>
    public static byte[] PngDigit(byte level)
    {
        byte[] pixels = new byte[784];
        for (int i = 0; i < 784; i++)
        {
            pixels[i] = i / 28 is 0 or 27 || i % 28 is 0 or 27 ? (byte)0 : level;
        }
        return PngWriter.Encode(28, 28, 1, pixels);
    }

    /// <summary>A still GIF of 10 x 10, its upper left corner red, its upper right blue. Source: the example of giflib's "What's in a
    /// GIF".</summary>
    public static byte[] Gif => Convert.FromHexString(
        "4749463839610A000A00910000FFFFFFFF00000000FF00000021F904000000000"
            + "02C000000000A000A000002168C2D99872A1CDC33A00275EC95FAA8DE608C04914C01003B");
}
