using System.Buffers.Binary;

namespace Toolchain.Data;

/// <summary>The checksum of PNG chunks, zip entries and row logs. Source: PNG specification, annex D.</summary>
static class Crc32
{
    // Checksums of a byte that 0 to 7 others follow: eight bytes at a time. Source: Kounavis and Berry 2008, "slicing by 8".
    static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Running();
        crc.Add(bytes);
        return crc.Value;
    }

    /// <summary>The checksum of bytes that come in pieces.</summary>
    public struct Running()
    {
        uint crc = uint.MaxValue;

        public readonly uint Value => ~crc;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            uint[] table = Table;
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                ulong next = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
                crc = table[1792 + (byte)next] ^ table[1536 + (byte)(next >> 8)] ^ table[1280 + (byte)(next >> 16)] ^ table[1024 + (byte)(next >> 24)]
                    ^ table[768 + (byte)(next >> 32)] ^ table[512 + (byte)(next >> 40)] ^ table[256 + (byte)(next >> 48)] ^ table[(byte)(next >> 56)];
            }
            foreach (byte value in bytes)
            {
                crc = table[(byte)(crc ^ value)] ^ crc >> 8;
            }
        }
    }

    static uint[] MakeTable()
    {
        uint[] table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
            }
            table[i] = crc;
        }
        for (int i = 256; i < table.Length; i++)
        {
            table[i] = table[(byte)table[i - 256]] ^ table[i - 256] >> 8;
        }
        return table;
    }
}
