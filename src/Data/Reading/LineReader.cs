namespace Toolchain.Data.Reading;

/// <summary>Lines of a text, each of a bounded length.</summary>
/// <param name="text">The text.</param>
/// <param name="path">Named in errors.</param>
/// <param name="separator">What ends a line.</param>
sealed class LineReader(Stream text, string path, byte separator = (byte)'\n')
{
    /// <summary>Longest line that is read: 512 x 512 numbers of many digits.</summary>
    public const int MaxBytes = 8 << 20;

    byte[] buffer = new byte[1 << 16];
    int start, end;

    /// <summary>Number of lines read so far.</summary>
    public long Count { get; private set; }

    /// <summary>The next line without its end, valid until the next call; false at the end of the text.</summary>
    /// <exception cref="InvalidDataException">The line is too long, or the stream is damaged.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int found = buffer.AsSpan(start + searched, end - start - searched).IndexOf(separator);
            if (found >= 0)
            {
                line = buffer.AsSpan(start, searched + found);
                start += searched + found + 1;
                Count++;
                return true;
            }
            searched = end - start;
            if (!Fill())
            {
                line = buffer.AsSpan(start, end - start);
                start = end;
                Count += line.IsEmpty ? 0 : 1;
                return !line.IsEmpty;
            }
        }
    }

    bool Fill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end == buffer.Length)
        {
            if (end >= MaxBytes)
            {
                throw new InvalidDataException($"'{path}': line {Count + 1}: expected at most {MaxBytes} bytes, found more; this is no "
                    + "table of images.");
            }
            Array.Resize(ref buffer, Math.Min(2 * buffer.Length, MaxBytes));
        }
        int read = ExactRead.Some(text, buffer.AsSpan(end), path, 0);
        end += read;
        return read > 0;
    }
}
