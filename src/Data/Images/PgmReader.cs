namespace Toolchain.Data.Images;

/// <summary>Binary PGM (P5) of one byte a pixel, or two with the higher first, for a largest value above 255. Source: the netpbm manual,
/// "pgm".</summary>
static class PgmReader
{
    public static Picture Read(ReadOnlySpan<byte> bytes, string name)
    {
        int offset = 2;
        int width = Number(bytes, ref offset, name, "width");
        int height = Number(bytes, ref offset, name, "height");
        int white = Number(bytes, ref offset, name, "largest value");
        if (white is < 1 or > ushort.MaxValue)
        {
            throw new InvalidDataException($"'{name}': offset {offset}: expected a largest value in [1..65535], found {white}; "
                + "save the image again.");
        }
        Picture.RequireSize(width, height, name);
        offset++;
        int count = width * height, size = white > byte.MaxValue ? 2 : 1;
        if (bytes.Length - offset != count * size)
        {
            throw new InvalidDataException($"'{name}': offset {offset}: expected {count * size} bytes of pixels, found "
                + $"{Math.Max(0, bytes.Length - offset)}; the file is truncated or holds several images.");
        }
        byte[] pixels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int value = size == 1 ? bytes[offset + i] : bytes[offset + 2 * i] << 8 | bytes[offset + 2 * i + 1];
            pixels[i] = (byte)((Math.Min(value, white) * 255 + white / 2) / white);
        }
        return new(width, height, pixels);
    }

    // Fields are decimal, parted by white space; a comment runs from '#' to the end of its line.
    static int Number(ReadOnlySpan<byte> bytes, ref int offset, string name, string what)
    {
        while (offset < bytes.Length && (bytes[offset] == '#' || char.IsWhiteSpace((char)bytes[offset])))
        {
            int line = bytes[offset..].IndexOf((byte)'\n');
            offset = bytes[offset] != '#' ? offset + 1 : line < 0 ? bytes.Length : offset + line;
        }
        int value = 0, start = offset;
        while (offset < bytes.Length && char.IsAsciiDigit((char)bytes[offset]) && value <= Picture.MaxPixels)
        {
            value = 10 * value + bytes[offset++] - '0';
        }
        return offset > start && offset < bytes.Length && char.IsWhiteSpace((char)bytes[offset]) ? value
            : throw new InvalidDataException($"'{name}': offset {start}: expected the image's {what} as a decimal number, found otherwise; "
                + "the PGM header is damaged.");
    }
}
