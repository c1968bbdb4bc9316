namespace Toolchain.Data;

/// <summary>Images from something that is read once from its start: IDX, .npy, CSV or tar, each bare or gzipped, one image, or a list of
/// paths.</summary>
static class PipeSource
{
    const string Kinds = "images as IDX, .npy, .npz, CSV, Parquet, tar, PNG, PGM, JPEG, WebP, BMP or GIF";

    // Of a column-major array, which is read whole.
    const long MostColumnMajorBytes = 128 << 20;

    /// <summary>Opens the standard input, or what stands for it: a file that cannot seek, such as a shell's &lt;(command).</summary>
    /// <param name="input">Stands at its start.</param>
    /// <param name="path">Named in errors.</param>
    public static DigitStream Open(Stream input, string path = "-")
    {
        byte[] start = new byte[FileKinds.MagicBytes];
        ReadOnlyMemory<byte> magic = start.AsMemory(0, input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        var whole = new PrefixedStream(magic, input);
        string name = path == "-" ? "stdin" : Path.GetFileName(path);
        switch (FileKinds.Of(magic.Span))
        {
            case FileKind.Parquet or FileKind.Zip:
                throw new InvalidDataException(
                    $"'{path}': offset 0: expected IDX, .npy, CSV, tar, one image or a list of paths on a pipe, found Parquet or .npz, "
                        + "which are read from their ends; save it to a file and name that.");
            case FileKind.Text:
                return PathList.Open(name, path, whole, magic.Span);
            case var kind when FileKinds.IsImage(kind):
                return new OneImageStream(name, path, ExactRead.UpTo(whole, ImageBuffer.MaxFileBytes, path));
            default:
                return Open(name, path, whole, magic.Span);
        }
    }

    /// <summary>IDX, .npy, CSV or tar, each bare or gzipped.</summary>
    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="input">Stands at its start; the stream that comes back disposes it.</param>
    /// <param name="magic">Its first bytes.</param>
    public static DigitStream Open(string name, string path, Stream input, ReadOnlySpan<byte> magic)
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

    static DigitStream Open(string name, string path, Stream content, ReadOnlySpan<byte> magic, FileStream? packed) =>
        FileKinds.Of(magic) switch
        {
            FileKind.Npy => Npy(name, path, content, packed),
            FileKind.Idx => new TensorStream(name, path, content, IdxFile.ReadLayout(content, path), packed: packed),
            FileKind.Tar => new TarStream(name, path, content, packed ?? content as FileStream, Again(packed ?? content)),
            FileKind.Csv => new CsvStream(name, path, content, Again(packed ?? content)),
            _ => throw new InvalidDataException($"'{path}': offset 0: expected {Kinds}, found {FileKinds.Advice(magic)}."),
        };

    static Func<Stream>? Again(Stream source) =>
        source is FileStream { CanSeek: true } file ? () => IdxFile.Unpack(File.OpenRead(file.Name)) : null;

    static TensorStream Npy(string name, string path, Stream content, FileStream? packed)
    {
        NpyHeader.Parsed header = NpyHeader.Read(content, path);
        PixelLayout layout = PixelLayout.Of(header.Shape, header.Kind, header.IsBigEndian, header.DataOffset, path);
        if (!header.IsColumnMajor)
        {
            return new(name, path, content, layout, packed: packed);
        }
        long size = TensorEntry.SizeBytes(header.Kind, header.Shape)!.Value;
        if (size > MostColumnMajorBytes)
        {
            throw new InvalidDataException(
                $"'{path}': offset 10: expected at most {MostColumnMajorBytes} bytes in column-major order, found {size}; save "
                    + "numpy.ascontiguousarray(array).");
        }
        byte[] data = ExactRead.Bytes(content, size, path, header.DataOffset, "elements");
        ExactRead.End(content, path, header.DataOffset + size);
        var ordered = new MemoryStream(Elements.ToRowMajor(data, header.Shape, TensorEntry.ElementSize(header.Kind)));
        return new(name, path, ordered, layout with { Offset = 0 }, packed: packed ?? content as FileStream);
    }
}
