namespace Toolchain.Data;

/// <summary>Images from a pipe: IDX, bare or gzipped, or .npy, told by the first bytes.</summary>
static class StreamSource
{
    const string Name = "-";

    public static DigitSet Open(Stream input)
    {
        byte[] start = new byte[NpyHeader.Magic.Length];
        int length = input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        using var whole = new PrefixedStream(start.AsMemory(0, length), input);
        if (GzipReader.HasMagic(start))
        {
            using var unpacked = new GzipReader(whole);
            return new("stdin", Split.All, IdxFile.ReadImages(unpacked, Name));
        }
        return new("stdin", Split.All, start.AsSpan().SequenceEqual(NpyHeader.Magic)
            ? NpyDigits.Pixels(Npy.Read(whole, Name), Name)
            : IdxFile.ReadImages(whole, Name));
    }
}
