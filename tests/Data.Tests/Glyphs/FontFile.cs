using System.Buffers.Binary;
using System.Text;

namespace Toolchain.Data.Tests.Glyphs;

/// <summary>TrueType fonts of polygons, made by hand: an em of 1,000 units, a glyph for each character.</summary>
static class FontFile
{
    /// <summary>The bytes of a font.</summary>
    /// <param name="family">Its family.</param>
    /// <param name="glyphs">The corners of each character, clockwise, y upwards; none for a blank.</param>
    /// <param name="encoding">Of its map: 1 for Unicode, 0 for symbols.</param>
    public static byte[] Of(string family, IReadOnlyDictionary<char, (short X, short Y)[]> glyphs, ushort encoding = 1)
    {
        char[] characters = [.. glyphs.Keys.Order()];
        List<byte> outlines = [], places = [.. U32(0), .. U32(0)]; // glyph 0 is blank
        foreach (char character in characters)
        {
            outlines.AddRange(Glyph(glyphs[character]));
            places.AddRange(U32(outlines.Count));
        }
        int count = characters.Length + 1;
        (string Tag, byte[] Bytes)[] tables =
        [
            ("cmap", Cmap(characters, encoding)),
            ("glyf", [.. outlines]),
            ("head", [.. U32(0x10000), .. U32(0x10000), .. U32(0), .. U32(0x5F0F3CF5), .. U16(0), .. U16(1000), .. new byte[16], .. U16(0),
                .. U16(0), .. U16(1000), .. U16(1000), .. U16(0), .. U16(8), .. U16(2), .. U16(1), .. U16(0)]),
            ("hhea", [.. U32(0x10000), .. U16(1000), .. U16(0), .. U16(0), .. U16(1000), .. new byte[22], .. U16(count)]),
            ("hmtx", [.. Enumerable.Repeat<byte[]>([.. U16(1000), .. U16(0)], count).SelectMany(bytes => bytes)]),
            ("loca", [.. places]),
            ("maxp", [.. U32(0x10000), .. U16(count), .. U16(64), .. U16(1), .. new byte[22]]),
            ("name", Names(family)),
        ];
        List<byte> head = [.. U32(0x10000), .. U16(tables.Length), .. U16(0), .. U16(0), .. U16(0)], body = [];
        foreach ((string tag, byte[] bytes) in tables)
        {
            head.AddRange([.. Encoding.ASCII.GetBytes(tag), .. U32(0), .. U32(12 + 16 * tables.Length + body.Count), .. U32(bytes.Length)]);
            body.AddRange([.. bytes, .. new byte[(4 - bytes.Length % 4) % 4]]);
        }
        return [.. head, .. body];
    }

    /// <summary>The corners of a rectangle.</summary>
    public static (short X, short Y)[] Box(int width, int height) =>
        [(0, 0), (0, (short)height), ((short)width, (short)height), ((short)width, 0)];

    static byte[] Glyph((short X, short Y)[] corners)
    {
        if (corners.Length == 0)
        {
            return [];
        }
        List<byte> glyph = [.. U16(1), .. U16(corners.Min(at => at.X)), .. U16(corners.Min(at => at.Y)), .. U16(corners.Max(at => at.X)),
            .. U16(corners.Max(at => at.Y)), .. U16(corners.Length - 1), .. U16(0), .. Enumerable.Repeat((byte)1, corners.Length)];
        for (int i = 0; i < corners.Length; i++)
        {
            glyph.AddRange(U16(corners[i].X - (i == 0 ? 0 : corners[i - 1].X)));
        }
        for (int i = 0; i < corners.Length; i++)
        {
            glyph.AddRange(U16(corners[i].Y - (i == 0 ? 0 : corners[i - 1].Y)));
        }
        return [.. glyph, .. new byte[(4 - glyph.Count % 4) % 4]];
    }

    // Format 4: a segment for each character, and the last, which ends at FFFF.
    static byte[] Cmap(char[] characters, ushort encoding)
    {
        int[] codes = [.. characters.Select(character => encoding == 0 ? 0xF000 + character : character), 0xFFFF];
        byte[] ends = [.. codes.SelectMany(code => U16(code))];
        byte[] deltas = [.. codes.SelectMany((code, index) => U16(index < characters.Length ? index + 1 - code : 1))];
        byte[] table = [.. U16(2 * codes.Length), .. new byte[6], .. ends, .. U16(0), .. ends, .. deltas, .. new byte[2 * codes.Length]];
        return [.. U16(0), .. U16(1), .. U16(3), .. U16(encoding), .. U32(12), .. U16(4), .. U16(table.Length + 6), .. U16(0), .. table];
    }

    static byte[] Names(string family)
    {
        byte[] text = Encoding.BigEndianUnicode.GetBytes(family);
        return [.. U16(0), .. U16(1), .. U16(18), .. U16(3), .. U16(1), .. U16(0x409), .. U16(1), .. U16(text.Length), .. U16(0), .. text];
    }

    static byte[] U16(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, unchecked((ushort)value));
        return bytes;
    }

    static byte[] U32(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
