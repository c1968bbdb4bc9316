namespace Toolchain.Data;

/// <summary>The checksum of PNG chunks, zip entries and row logs. Source: PNG specification, annex D.</summary>
static class Crc32
{
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
            foreach (byte value in bytes)
            {
                crc = Table[(byte)(crc ^ value)] ^ crc >> 8;
            }
        }
    }

    static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
            }
            table[i] = crc;
        }
        return table;
    }
}
