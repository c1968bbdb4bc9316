using System.Buffers.Binary;

namespace Toolchain.Data;

/// <summary>The checksum of PNG chunks, zip entries and row logs. Source: PNG specification, annex D.</summary>
static class Crc32
{
    // Checksums of a byte that 0 to 3 others follow: four bytes at a time. Source: Kounavis and Berry 2008, "slicing by 4".
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
            for (; bytes.Length >= 4; bytes = bytes[4..])
            {
                uint next = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
                crc = table[768 + (byte)next] ^ table[512 + (byte)(next >> 8)] ^ table[256 + (byte)(next >> 16)] ^ table[next >> 24];
            }
            foreach (byte value in bytes)
            {
                crc = table[(byte)(crc ^ value)] ^ crc >> 8;
            }
        }
    }

    static uint[] MakeTable()
    {
        uint[] table = new uint[4 * 256];
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
