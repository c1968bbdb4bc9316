namespace Toolchain.Data.Parquet;

/// <summary>
/// A file of which a reader sees one part at a time: reading on behind the part's end throws, where a plain stream would say "no more" for
/// ever to a reader that does not listen. Does not dispose the file.
/// </summary>
sealed class WindowStream(Stream file) : Stream
{
    long end = file.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => file.Position = value; }

    /// <summary>Lets the reader see up to <paramref name="windowEnd"/>.</summary>
    public void Limit(long windowEnd) => end = windowEnd;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }
        long left = end - file.Position;
        int read = left <= 0 ? 0 : file.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        return read > 0 ? read : throw new EndOfStreamException($"expected data, found the end of it at offset {end}.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
