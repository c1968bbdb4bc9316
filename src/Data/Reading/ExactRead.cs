namespace Toolchain.Data.Reading;

/// <summary>Reads as many bytes as a header promised, and believes the header only as far as bytes come.</summary>
static class ExactRead
{
    const int FirstChunk = 1 << 20;

    /// <summary>Reads all bytes that were promised; memory grows with what arrives, so a lying header costs nothing.</summary>
    /// <param name="stream">Read from where it stands.</param>
    /// <param name="promised">The bytes.</param>
    /// <exception cref="InvalidDataException">The stream ends early, is a damaged gzip stream, or more is promised than an array
    /// holds.</exception>
    public static byte[] Bytes(Stream stream, PromisedBytes promised)
    {
        (string path, long offset, long count, string what) = promised;
        if (count > Array.MaxLength)
        {
            throw new InvalidDataException($"'{path}': the header at offset 0 promises {count} bytes of {what}, expected at most "
                + $"{Array.MaxLength}; split the file.");
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
                throw Truncated(promised, read);
            }
            read += got;
        }
        return bytes;
    }

    /// <summary>Fills <paramref name="destination"/> with the next bytes; <paramref name="done"/> of them were read before.</summary>
    /// <exception cref="InvalidDataException">The stream ends early or is a damaged gzip stream.</exception>
    public static void Into(Span<byte> destination, Stream stream, PromisedBytes promised, long done)
    {
        for (int got; !destination.IsEmpty; destination = destination[got..], done += got)
        {
            got = Some(stream, destination, promised.Path, promised.Offset + done);
            if (got == 0)
            {
                throw Truncated(promised, done);
            }
        }
    }

    /// <summary>Makes sure that nothing follows, which for gzip also checks the stream's own checksum.</summary>
    /// <exception cref="InvalidDataException">There are further bytes.</exception>
    public static void End(Stream stream, string path, long offset)
    {
        Span<byte> one = stackalloc byte[1];
        if (Some(stream, one, path, offset) != 0)
        {
            throw new InvalidDataException($"'{path}': expected the end of the file at offset {offset}, found further bytes; header and "
                + "content disagree, get the file again.");
        }
    }

    static InvalidDataException Truncated(PromisedBytes promised, long read) =>
        new($"'{promised.Path}': ends at offset {promised.Offset + read}, expected {promised.Count} bytes of {promised.What} from offset "
            + $"{promised.Offset}, found {read}; the file is truncated, get it again.");

    /// <summary>All that comes, at most <paramref name="most"/> bytes.</summary>
    /// <exception cref="InvalidDataException">There are more.</exception>
    public static byte[] UpTo(Stream stream, int most, string path)
    {
        using var all = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        for (int got; (got = Some(stream, piece, path, all.Length)) > 0;)
        {
            all.Write(piece, 0, got);
            if (all.Length > most)
            {
                throw new InvalidDataException($"'{path}': expected at most {most} bytes, found more; split it.");
            }
        }
        return all.ToArray();
    }

    /// <summary>Reads on to the end and forgets what comes, so that a gzip stream checks itself.</summary>
    public static void ToEnd(Stream stream, string path)
    {
        byte[] piece = new byte[1 << 12];
        while (Some(stream, piece, path, 0) > 0)
        {
        }
    }

    /// <summary>Some bytes, at least one before the end.</summary>
    /// <exception cref="InvalidDataException">The stream is a damaged gzip stream.</exception>
    public static int Some(Stream stream, Span<byte> destination, string path, long offset)
    {
        try
        {
            return stream.Read(destination);
        }
        // The framework's ZLibException, which it keeps to itself, is an IOException and would say that the disk failed.
        catch (Exception damaged) when (damaged is InvalidDataException || damaged.GetType().Name == "ZLibException")
        {
            throw new InvalidDataException($"'{path}': the gzip stream is damaged at uncompressed offset {offset}, expected more data: "
                + $"{damaged.Message} Get the file again.", damaged);
        }
    }
}
