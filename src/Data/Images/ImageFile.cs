namespace Toolchain.Data;

/// <summary>Reads image files as digits, telling formats apart by their first bytes.</summary>
static class ImageFile
{
    /// <summary>The endings that count, for errors.</summary>
    public const string Kinds = ".png .pgm .jpg .jpeg .webp .bmp";

    static readonly string[] Extensions = Kinds.Split(' ');

    public static ReadOnlySpan<byte> PngMagic => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether a file in a folder counts as an image, by its name.</summary>
    public static bool HasImageName(ReadOnlySpan<char> fileName)
    {
        ReadOnlySpan<char> extension = Path.GetExtension(fileName);
        foreach (string known in Extensions)
        {
            if (extension.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether bytes start as one of the image formats does.</summary>
    public static bool HasImageMagic(ReadOnlySpan<byte> start) =>
        start.StartsWith(PngMagic)
        || start.Length > 2 && start.StartsWith("P5"u8) && char.IsWhiteSpace((char)start[2])
        || start.Length >= 10 && start.StartsWith("BM"u8) && !start[6..10].ContainsAnyExcept((byte)0)
        || start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8);

    /// <summary>Decodes an image to grey.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">Names the image in errors.</param>
    /// <exception cref="InvalidDataException">The image is damaged, too large, an animation, or of no known format.</exception>
    public static GreyImage Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (!HasImageMagic(bytes))
        {
            throw new InvalidDataException($"'{name}': offset 0: expected a PNG, PGM (P5), JPEG, WebP or BMP image, found {(bytes.Length == 0 ? "an empty file" : Convert.ToHexString(bytes[..Math.Min(8, bytes.Length)]))}; convert it to PNG.");
        }
        if (bytes.StartsWith(PngMagic))
        {
            return PngReader.Read(bytes, name) ?? SkiaReader.Read(bytes, name);
        }
        return bytes[0] == 'P' ? PgmReader.Read(bytes, name) : SkiaReader.Read(bytes, name);
    }
}
