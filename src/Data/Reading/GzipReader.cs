using System.Buffers.Binary;
using System.IO.Compression;

namespace Toolchain.Data.Reading;

/// <summary>
/// Unpacks one gzip member and insists on its end. <see cref="GZipStream"/> checks the checksum when it comes, but takes a file that is cut
/// within its last bytes; there the last four are not the unpacked length that RFC 1952 puts at the end. Does not dispose its source.
/// </summary>
sealed class GzipReader : ReadOnlyStream
{
    readonly TailStream packed;
    readonly GZipStream unpacked;
    uint length;

    public GzipReader(Stream source)
    {
        packed = new(source);
        unpacked = new(packed, CompressionMode.Decompress);
    }

    /// <summary>The stream itself, or what it unpacks to where it starts as gzip does.</summary>
    public static Stream Unpack(Stream stream)
    {
        byte[] start = new byte[FileKinds.GzipMagic.Length];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (stream.CanSeek)
        {
            stream.Position = 0;
        }
        else
        {
            stream = new PrefixedStream(start.AsMemory(0, length), stream);
        }
        return start.AsSpan(0, length).StartsWith(FileKinds.GzipMagic) ? new GzipReader(stream) : stream;
    }

    public override int Read(Span<byte> buffer)
    {
        int count = unpacked.Read(buffer);
        length += (uint)count;
        return count > 0 || buffer.IsEmpty || packed.Tail == length ? count
            : throw new InvalidDataException($"Expected the length {length} in its last 4 bytes, found {packed.Tail}; it is cut short, or "
                + "more than one gzip member.");
    }

    protected override void Dispose(bool disposing)
    {
        unpacked.Dispose();
        base.Dispose(disposing);
    }

    sealed class TailStream(Stream source) : ReadOnlyStream
    {
        readonly byte[] tail = new byte[4];

        /// <summary>The last four bytes read so far, as a little-endian number.</summary>
        public uint Tail => BinaryPrimitives.ReadUInt32LittleEndian(tail);

        public override int Read(Span<byte> buffer)
        {
            int count = source.Read(buffer), fresh = Math.Min(count, 4);
            tail.AsSpan(fresh).CopyTo(tail);
            buffer[(count - fresh)..count].CopyTo(tail.AsSpan(4 - fresh));
            return count;
        }
    }
}
