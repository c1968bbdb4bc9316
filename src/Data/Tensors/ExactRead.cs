namespace Toolchain.Data;

/// <summary>Reads as many bytes as a header promised, and believes the header only as far as bytes come.</summary>
static class ExactRead
{
    const int FirstChunk = 1 << 20;

    /// <summary>Reads exactly <paramref name="count"/> bytes; memory grows with what arrives, so a lying header costs nothing.</summary>
    /// <param name="stream">Read from where it stands.</param>
    /// <param name="count">Bytes promised.</param>
    /// <param name="path">Named in the error.</param>
    /// <param name="offset">Where in the (uncompressed) file the bytes start.</param>
    /// <param name="what">What the bytes are, such as "pixels".</param>
    /// <exception cref="InvalidDataException">The stream ends early, is a damaged gzip stream, or <paramref name="count"/> is more than an array holds.</exception>
    public static byte[] Bytes(Stream stream, long count, string path, long offset, string what)
    {
        if (count > Array.MaxLength)
        {
            throw new InvalidDataException($"'{path}': the header at offset 0 promises {count} bytes of {what}, expected at most {Array.MaxLength}; split the file.");
        }
        byte[] bytes = new byte[Math.Min(count, FirstChunk)];
        int read = 0;
        while (read < count)
        {
            if (read == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(count, bytes.Length * 2L));
            }
            int got = Some(stream, bytes.AsSpan(read), path, offset + read);
            if (got == 0)
            {
                throw new InvalidDataException($"'{path}': ends at offset {offset + read}, expected {count} bytes of {what} from offset {offset}, found {read}; the file is truncated, get it again.");
            }
            read += got;
        }
        return bytes;
    }

    /// <summary>Makes sure that nothing follows, which for gzip also checks the stream's own checksum.</summary>
    /// <exception cref="InvalidDataException">There are further bytes.</exception>
    public static void End(Stream stream, string path, long offset)
    {
        Span<byte> one = stackalloc byte[1];
        if (Some(stream, one, path, offset) != 0)
        {
            throw new InvalidDataException($"'{path}': expected the end of the file at offset {offset}, found further bytes; header and content disagree, get the file again.");
        }
    }

    static int Some(Stream stream, Span<byte> destination, string path, long offset)
    {
        try
        {
            return stream.Read(destination);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"'{path}': the gzip stream is damaged at uncompressed offset {offset}, expected more data: {damaged.Message} Get the file again.", damaged);
        }
    }
}
