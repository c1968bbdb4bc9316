using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

public sealed class DamageTests
{
    public static TheoryData<string> Formats => ["idx", "idx.gz", "npy", "safetensors", "png", "pgm"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_EveryTruncation_IsInvalidDataWithThePath(string format)
    {
        using var folder = new TemporaryFolder();
        Damage.RequireEveryTruncationRefused(folder, Whole(folder, format), Reader(format));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_FlippedBits_AreInvalidDataWithThePathAtMost(string format)
    {
        using var folder = new TemporaryFolder();
        Damage.RequireFlipsHarmless(folder, Whole(folder, format), Reader(format), 300);
    }

    [Theory]
    [InlineData("idx")]
    [InlineData("idx.gz")]
    [InlineData("npy")]
    [InlineData("safetensors")]
    [InlineData("pgm")]
    public void Read_FurtherBytes_AreInvalidData(string format)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Whole(folder, format);
        string path = folder.Write("long", format == "idx.gz" ? Samples.Gzip([.. Samples.IdxImages(1), 0]) : [.. whole, 0]);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Reader(format)(path)).Message, StringComparison.Ordinal);
    }

    // A megabyte that unpacks to a gigabyte: the header promises one image, so no more than that is unpacked.
    [Fact]
    public void Read_GzipBomb_IsNotUnpacked()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bomb", Samples.Gzip([.. Samples.IdxImages(1), .. new byte[64 << 20]]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    static byte[] Whole(TemporaryFolder folder, string format)
    {
        string path = folder["whole"];
        switch (format)
        {
            case "idx": return Samples.IdxImages(1);
            case "idx.gz": return Samples.Gzip(Samples.IdxImages(1));
            case "npy": NpyFile.Write(path, TensorEntry.Of<float>(new float[20], 4, 5)); break;
            case "png": return Samples.PngDigit(9);
            case "pgm": return [.. "P5\n6 5\n255\n"u8, .. new byte[30]];
            default: SafeTensors.Write(path, [("a", TensorEntry.Of<float>([1, 2], 2)), ("b", TensorEntry.Of<byte>([3], 1))]); break;
        }
        return File.ReadAllBytes(path);
    }

    static Action<string> Reader(string format) => format switch
    {
        "npy" => path => NpyFile.Read(path),
        "safetensors" => path => SafeTensors.Read(path),
        "png" or "pgm" => path => ImageFile.Decode(File.ReadAllBytes(path), path),
        _ => path => ImageSource.Open(path, Split.All),
    };
}
