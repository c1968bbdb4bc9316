using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Hashing;
using Parquet;
using SkiaSharp;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;
using Toolchain.Data.Published;
using Toolchain.Data.Reading;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

/// <summary>A format that the tool reads: sound files, how it is read, and how a mutant's checksums are made right, so that damage comes
/// behind them.</summary>
/// <param name="Name">The format.</param>
/// <param name="Seeds">Makes sound files.</param>
/// <param name="Read">Reads a file as the tool does.</param>
/// <param name="Repair">Makes checksums right; null where there are none.</param>
sealed record FuzzFormat(string Name, Func<IReadOnlyList<byte[]>> Seeds, Action<TemporaryFolder, byte[]> Read,
    Func<byte[], byte[]>? Repair = null)
{
    static readonly float[] floats = [.. Enumerable.Range(0, 2 * 784).Select(i => i % 784 / 784f)];

    /// <summary>Every format.</summary>
    public static IReadOnlyList<FuzzFormat> All { get; } =
    [
        new("idx", () => [Samples.IdxImages(3)], Source),
        new("idx-pair", () => [Samples.IdxImages(3), Samples.IdxLabels(1, 2, 3)], Pair),
        new("idx.gz", () => [Samples.IdxImages(3)], (folder, mutant) => Source(folder, Samples.Gzip(mutant))),
        new("gzip", () => [Samples.Gzip(Samples.IdxImages(3)), Samples.Gzip(Npy())], Source),
        new("npy", () => [Npy(), NpyFloats()], Source),
        new("npz", () => [Npz(Npy()), Npz(NpyFloats())], Source),
        new("npz-inside", () => [Npy(), NpyFloats()], (folder, mutant) => Source(folder, Npz(mutant))),
        new("tar", () => [Tar()], Source),
        new("safetensors", () => [SafeTensors()], (folder, mutant) => Data.Tensors.SafeTensors.Read(folder.Write("mutant", mutant))),
        new("png", () => [Samples.PngDigit(9), Encode(SKEncodedImageFormat.Png)], Image, RepairPng),
        new("pgm", () => [[.. "P5\n28 28\n255\n"u8, .. new byte[784]], [.. "P5 # a comment\n6 5 15\n"u8, .. new byte[30]]], Image),
        new("jpeg", () => [Encode(SKEncodedImageFormat.Jpeg)], Image),
        new("webp", () => [Encode(SKEncodedImageFormat.Webp)], Image),
        new("bmp", () => [Bmp(24), Bmp(8)], Image),
        new("gif", () => [Samples.Gif], Image),
        new("csv", () => [Csv(true), Csv(false)], Source),
        new("csv.gz", () => [Csv(true)], (folder, mutant) => Source(folder, Samples.Gzip(mutant))),
        new("npy-other", () => [NpyFortran(), NpyBig()], Source),
        new("path-list", () => ["a.png\nb/c.png\n./d.png\n"u8.ToArray(), "a.png\0b.png\0"u8.ToArray()], PathList),
        .. Enum.GetValues<CompressionMethod>().Where(codec => codec != CompressionMethod.Lzo)
            .Select(codec => new FuzzFormat($"parquet-{codec}".ToLowerInvariant(), () => [ParquetFiles.Write(codec)], Source)),
        .. new[] { "csv", "parquet", "arrow" }.Select(ending =>
            new FuzzFormat($"embeddings-{ending}", () => [Embeddings(ending)], (folder, mutant) =>
            EmbeddingFile.Read(folder.Write($"mutant.{ending}", mutant)))),
        new("cifar-batch", () => [[.. Enumerable.Range(0, 3 * 3073).Select(i => (byte)(i % 3073 == 0 ? i % 10 : i))]], Source),
        new("libsvm", LibSvm, (folder, mutant) => new LibSvmText(folder["mutant"], 64, 10).Parse(mutant)),
        new("bzip2", () => [.. LibSvm().Select(Samples.Bzip2)], (folder, mutant) =>
        {
            using var packed = new MemoryStream(mutant);
            Bzip2.Unpack(packed, 1 << 20, folder["mutant"]);
        }),
        new("parquet-written", () => [Case("parquet-zstd-corrupt.parquet"), Case("parquet-footer-one-byte.parquet"),
            ParquetFiles.Write(CompressionMethod.Zstd)], Tolerant),
    ];

    public override string ToString() => Name;

    static byte[] Case(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Cases", name));

    // Half of them with damaged images left out, which goes further into a file.
    static void Source(TemporaryFolder folder, byte[] mutant)
    {
        string path = folder.Write("mutant", mutant);
        ImageSource.Open(path, Split.Test, new() { SkipBad = mutant.Length % 2 == 0 });
    }

    // The seeds are damaged themselves.
    static void Tolerant(TemporaryFolder folder, byte[] mutant)
    {
        try
        {
            Source(folder, mutant);
        }
        catch (InvalidDataException refused) when (refused.Message.StartsWith($"'{folder.Root}", StringComparison.Ordinal))
        {
        }
    }

    static void Image(TemporaryFolder folder, byte[] mutant) => Source(folder, mutant);

    static void Pair(TemporaryFolder folder, byte[] mutant)
    {
        bool areLabels = mutant.Length < 784;
        string images = folder.Write("images", areLabels ? Samples.IdxImages(3) : mutant);
        string labels = folder.Write("labels", areLabels ? mutant : Samples.IdxLabels(1, 2, 3));
        ImageSource.Open($"{images},{labels}", Split.All);
    }

    static void PathList(TemporaryFolder folder, byte[] mutant)
    {
        using var input = new MemoryStream(mutant);
        using ImageStream stream = ImageSource.OpenStream("-", Split.All, new() { StandardInput = input });
        var batch = new ImageBatch(16, ImageShape.Mnist);
        while (stream.Read(batch, 16))
        {
            batch.Decode();
        }
    }

    static byte[] Npy() => NpyOf(TensorEntry.Of<byte>(Samples.IdxImages(2)[16..], 2, 28, 28));

    static byte[] NpyFloats() => NpyOf(TensorEntry.Of<float>(floats, 2, 784));

    static byte[] NpyOf(TensorEntry tensor)
    {
        using var file = new MemoryStream();
        NpyFile.Writer(tensor)(file);
        return file.ToArray();
    }

    static byte[] Embeddings(string ending)
    {
        using var folder = new TemporaryFolder();
        string[] names = [.. Enumerable.Range(0, 40).Select(row => $"{row}.png")];
        int[] labels = [.. Enumerable.Range(0, 40).Select(row => row % 10)];
        EmbeddingFile.Write(folder[$"e.{ending}"], new(names, [.. Enumerable.Range(0, 160).Select(i => i / 3f)], labels, new long[40]));
        return File.ReadAllBytes(folder[$"e.{ending}"]);
    }

    static byte[] NpyFortran()
    {
        byte[] file = NpyFloats();
        int at = file.AsSpan().IndexOf("False"u8);
        "True "u8.CopyTo(file.AsSpan(at));
        return file;
    }

    static byte[] NpyBig()
    {
        byte[] file = NpyOf(TensorEntry.Of<double>(new double[2 * 64], 2, 1, 8, 8));
        file[file.AsSpan().IndexOf("<f8"u8)] = (byte)'>';
        return file;
    }

    static byte[] Csv(bool hasHeading) => System.Text.Encoding.ASCII.GetBytes(
        (hasHeading ? $"label,{string.Join(',', Enumerable.Range(0, 64).Select(i => $"pixel{i}"))}\n" : "")
        + string.Concat(Enumerable.Range(0, 3).Select(row => $"{row},{string.Join(',', Enumerable.Range(0, 64).Select(i => i * row))}\n")));

    static byte[][] LibSvm() => [System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, 10).Select(label =>
        $"{label} {string.Join(' ', Enumerable.Range(1, 64).Select(i => FormattableString.Invariant($"{i}:{i % 9 / 4.0 - 1}")))}\n")))];

    static byte[] Npz(byte[] array)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("images.npy").Open();
            entry.Write(array);
        }
        return file.ToArray();
    }

    static byte[] Tar()
    {
        using var file = new MemoryStream();
        using (var archive = new TarWriter(file, leaveOpen: true))
        {
            foreach (byte level in (byte[])[50, 100, 150])
            {
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile,
                    $"{level % 10}/{level}.png")
                { DataStream = new MemoryStream(Samples.PngDigit(level)) });
            }
        }
        return file.ToArray();
    }

    static byte[] SafeTensors()
    {
        using var folder = new TemporaryFolder();
        Data.Tensors.SafeTensors.Write(folder["a"],
            [("a", TensorEntry.Of<float>([1, 2], 2)), ("b.c", TensorEntry.Of<byte>([3, 4, 5, 6], 2, 2))],
            new Dictionary<string, string> { ["k"] = "v" });
        return File.ReadAllBytes(folder["a"]);
    }

    static byte[] Encode(SKEncodedImageFormat kind)
    {
        using var bitmap = new SKBitmap(32, 24);
        for (int i = 0; i < 32 * 24; i++)
        {
            bitmap.SetPixel(i % 32, i / 32, new SKColor((byte)(i * 7), (byte)(i * 3), (byte)i));
        }
        using SKData data = bitmap.Encode(kind, 90);
        return data.ToArray();
    }

    static byte[] Bmp(int bits)
    {
        int palette = bits == 8 ? 1024 : 0, size = 54 + palette + 28 * 28 * bits / 8;
        byte[] file = new byte[size];
        "BM"u8.CopyTo(file);
        foreach ((int at, int value) in ((int, int)[])[(2, size), (10, 54 + palette), (14, 40), (18, 28), (22, 28), (26, 1 | bits << 16)])
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        }
        for (int i = 54; i < size; i++)
        {
            file[i] = (byte)i;
        }
        return file;
    }

    // The checksum of each chunk whose length still leads to another.
    static byte[] RepairPng(byte[] mutant)
    {
        for (int at = 8; at + 12 <= mutant.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(mutant.AsSpan(at));
            if (length > mutant.Length - at - 12)
            {
                break;
            }
            BinaryPrimitives.WriteUInt32BigEndian(mutant.AsSpan(at + 8 + (int)length),
                Crc32.HashToUInt32(mutant.AsSpan(at + 4, (int)length + 4)));
            at += 12 + (int)length;
        }
        return mutant;
    }
}
