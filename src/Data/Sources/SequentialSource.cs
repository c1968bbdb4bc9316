using Toolchain.Data.Csv;
using Toolchain.Data.Idx;
using Toolchain.Data.Npy;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;
using Toolchain.Data.Tar;

namespace Toolchain.Data.Sources;

/// <summary>IDX, .npy, CSV and tar, each bare or gzipped: what is read once from its start.</summary>
static class SequentialSource
{
    const string Kinds = "images as IDX, .npy, .npz, CSV, Parquet, tar, CIFAR-10's binary batches, PNG, PGM, JPEG, WebP, BMP or GIF";

    /// <summary>IDX, .npy, CSV or tar, each bare or gzipped.</summary>
    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="input">Stands at its start; the stream that comes back disposes it.</param>
    /// <param name="magic">Its first bytes.</param>
    public static ImageStream Open(string name, string path, Stream input, ReadOnlySpan<byte> magic)
    {
        if (FileKinds.Of(magic) != FileKind.Gzip)
        {
            return Open(name, path, input, magic, null);
        }
        var unpacked = new GzipReader(input);
        byte[] start = new byte[FileKinds.MagicBytes];
        int length = 0;
        for (int got; length < start.Length && (got = ExactRead.Some(unpacked, start.AsSpan(length), path, length)) > 0;)
        {
            length += got;
        }
        return Open(name, path, new PrefixedStream(start.AsMemory(0, length), unpacked), start.AsSpan(0, length), input as FileStream);
    }

    static ImageStream Open(string name, string path, Stream content, ReadOnlySpan<byte> magic, FileStream? packed) =>
        FileKinds.Of(magic) switch
        {
            FileKind.Npy => NpyStream.Open(name, path, content, packed),
            FileKind.Idx => new TensorStream(new(name, path, packed), content, IdxFile.ReadLayout(content, path)),
            FileKind.Tar => new TarStream(name, path, content, packed ?? content as FileStream, Again(packed ?? content)),
            FileKind.Csv => new CsvStream(name, path, content, Again(packed ?? content)),
            _ => throw new InvalidDataException($"'{path}': offset 0: expected {Kinds}, found {FileKinds.Advice(magic)}."),
        };

    static Func<Stream>? Again(Stream source) =>
        source is FileStream { CanSeek: true } file ? () => GzipReader.Unpack(File.OpenRead(file.Name)) : null;
}
