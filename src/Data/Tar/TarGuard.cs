using Toolchain.Data.Reading;

namespace Toolchain.Data.Tar;

/// <summary>
/// Hands a tar archive on block by block and refuses headers that announce more text than names and attributes have: the framework's reader
/// takes as much memory as they say before it reads. Does not dispose its source.
/// </summary>
sealed class TarGuard(Stream archive, string path) : ReadOnlyStream
{
    const int BlockBytes = 512, MaxTextBytes = 1 << 20;

    readonly byte[] block = new byte[BlockBytes];
    int filled, taken;
    long offset;

    public override int Read(Span<byte> buffer)
    {
        if (taken == filled)
        {
            filled = archive.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false);
            taken = 0;
            Check();
            offset += filled;
        }
        int count = Math.Min(buffer.Length, filled - taken);
        block.AsSpan(taken, count).CopyTo(buffer);
        taken += count;
        return count;
    }

    // Extended attributes (x, g) and GNU's long names (L, K): their size is octal, or big-endian behind a byte with its highest bit set.
    void Check()
    {
        if (!FileKinds.HasTarMagic(block.AsSpan(0, filled)) || block[156] is not ((byte)'x' or (byte)'g' or (byte)'L' or (byte)'K'))
        {
            return;
        }
        double size = 0;
        bool isBinary = block[124] >= 0x80;
        foreach (byte letter in block.AsSpan(124, 12))
        {
            size = isBinary ? size * 256 + letter : letter is >= (byte)'0' and <= (byte)'7' ? size * 8 + (letter - '0') : size;
        }
        if (size > MaxTextBytes)
        {
            throw new InvalidDataException(
                $"'{path}': offset {offset}: expected a tar header with at most {MaxTextBytes} bytes of text, found {size:g3}; the "
                    + "archive is damaged, get it again.");
        }
    }
}
