namespace Toolchain.Data;

/// <summary>Images from something that is read once from its start: IDX, .npy or tar, each bare or gzipped, one image, or a list of paths; told by the first bytes.</summary>
static class PipeSource
{
    // Enough for a tar header, and to find a NUL in a list of paths.
    const int MagicBytes = 4096;

    /// <summary>Opens the standard input, or what stands for it: a file that cannot seek, such as a shell's &lt;(command).</summary>
    /// <param name="input">Stands at its start.</param>
    /// <param name="path">Named in errors.</param>
    public static DigitStream Open(Stream input, string path = "-")
    {
        byte[] start = new byte[MagicBytes];
        ReadOnlyMemory<byte> magic = start.AsMemory(0, input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        var whole = new PrefixedStream(magic, input);
        if (magic.Span.StartsWith("PAR1"u8) || NpzFile.HasMagic(magic.Span))
        {
            throw new InvalidDataException($"'{path}': offset 0: expected IDX, .npy, tar, one image or a list of paths on a pipe, found Parquet or .npz, which are read from their ends; save it to a file and name that.");
        }
        string name = path == "-" ? "stdin" : Path.GetFileName(path);
        if (ImageFile.HasImageMagic(magic.Span))
        {
            return new OneImageStream(name, path, ExactRead.UpTo(whole, ImageBuffer.MaxFileBytes, path));
        }
        return !IsBinary(magic.Span) ? PathList.Open(name, path, whole, magic.Span) : Open(name, path, whole, magic.Span);
    }

    /// <summary>IDX, .npy or tar, each bare or gzipped.</summary>
    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="input">Stands at its start; the stream that comes back disposes it.</param>
    /// <param name="magic">Its first bytes.</param>
    public static DigitStream Open(string name, string path, Stream input, ReadOnlySpan<byte> magic)
    {
        if (GzipReader.HasMagic(magic))
        {
            var unpacked = new GzipReader(input);
            byte[] start = new byte[MagicBytes];
            int length = ExactRead.Some(unpacked, start, path, 0);
            return Open(name, path, new PrefixedStream(start.AsMemory(0, length), unpacked), start.AsSpan(0, length), input as FileStream);
        }
        return Open(name, path, input, magic, null);
    }

    static DigitStream Open(string name, string path, Stream content, ReadOnlySpan<byte> magic, FileStream? packed)
    {
        if (magic.StartsWith(NpyHeader.Magic))
        {
            return new TensorStream(name, path, content, PixelLayout.Of(NpyHeader.Read(content, path), path), packed: packed);
        }
        return TarStream.HasMagic(magic) ? new TarStream(name, path, content, packed ?? content as FileStream)
            : new TensorStream(name, path, content, IdxFile.ReadLayout(content, path), packed: packed);
    }

    static bool IsBinary(ReadOnlySpan<byte> magic) =>
        magic.IsEmpty || magic[0] == 0 || GzipReader.HasMagic(magic) || magic.StartsWith(NpyHeader.Magic) || TarStream.HasMagic(magic);
}
