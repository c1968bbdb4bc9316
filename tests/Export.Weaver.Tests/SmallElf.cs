using System.Buffers.Binary;
using System.Text;

namespace Toolchain.Export.Weaver.Tests;

/// <summary>
/// A hand-made ELF64 file of four sections and nothing to run: dynamic symbols, their names, their versions, and one needed version list of
/// libstdc++.so.6 with the versions GLIBCXX_3.4.19 (number 2) and GLIBCXX_3.4.32 (number 3).
/// </summary>
sealed class SmallElf
{
    readonly List<byte> names = [0];
    readonly byte[] file;

    /// <summary>Symbols with the number of their version; symbol 0 is the empty one.</summary>
    public SmallElf(params (string Name, ushort Version)[] symbols)
    {
        var dynamic = new byte[24 * (symbols.Length + 1)];
        var versions = new byte[2 * (symbols.Length + 1)];
        for (int i = 0; i < symbols.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(dynamic.AsSpan(24 * (i + 1)), AddName(symbols[i].Name));
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2 * (i + 1)), symbols[i].Version);
        }
        byte[] needs = [.. U16(1), .. U16(2), .. I32(AddName("libstdc++.so.6")), .. I32(16), .. I32(0), .. Need("GLIBCXX_3.4.19", 2, 16),
            .. Need("GLIBCXX_3.4.32", 3, 0)];

        (int Type, int Link, byte[] Content)[] sections = [(11, 1, dynamic), (3, 0, [.. names]), (0x6fffffff, 0, versions),
            (0x6ffffffe, 1, needs)];
        var content = new List<byte>(new byte[64]);
        var headers = new List<byte>();
        foreach ((int type, int link, byte[] bytes) in sections)
        {
            Starts.Add(content.Count);
            headers.AddRange([.. I32(0), .. I32(type), .. I64(0), .. I64(0), .. I64(content.Count), .. I64(bytes.Length), .. I32(link),
                .. I32(0), .. I64(0), .. I64(0)]);
            content.AddRange(bytes);
        }
        byte[] identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        file = [.. content, .. headers];
        identity.CopyTo(file, 0);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x28), content.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3a), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3c), (ushort)sections.Length);
    }

    List<int> Starts { get; } = [];

    public byte[] File => file;

    /// <summary>Name and version of a symbol, and the flags of the need of GLIBCXX_3.4.32, as they stand in the file now.</summary>
    public (string Name, ushort Version) Symbol(int index)
    {
        int name = Starts[1] + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(Starts[0] + 24 * index));
        return (Encoding.ASCII.GetString(file, name, Array.IndexOf<byte>(file, 0, name) - name),
            BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(Starts[2] + 2 * index)));
    }

    public ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(Starts[3] + 16 + 16 + 4));

    byte[] Need(string version, ushort number, int next) => [.. I32(0), .. U16(0), .. U16(number), .. I32(AddName(version)), .. I32(next)];

    int AddName(string name)
    {
        int at = names.Count;
        names.AddRange([.. Encoding.ASCII.GetBytes(name), 0]);
        return at;
    }

    static byte[] U16(ushort value) => BitConverter.GetBytes(value);
    static byte[] I32(int value) => BitConverter.GetBytes(value);
    static byte[] I64(long value) => BitConverter.GetBytes(value);
}
