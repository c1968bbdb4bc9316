using Toolchain.Data.Reading;

namespace Toolchain.Data.Images;

/// <summary>Reads image files, telling formats apart by their first bytes.</summary>
static class ImageFile
{
    /// <summary>The endings that count, for errors.</summary>
    public const string Kinds = ".png .pgm .jpg .jpeg .webp .bmp .gif";

    static readonly string[] Extensions = Kinds.Split(' ');

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

    /// <summary>Decodes an image, upright.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">Names the image in errors.</param>
    /// <param name="channels">Wanted: 1 for grey; with 3 a grey image may stay one.</param>
    /// <exception cref="InvalidDataException">The image is damaged, too large, an animation, or of no known format.</exception>
    public static Picture Decode(ReadOnlySpan<byte> bytes, string name, int channels = 1) =>
        FileKinds.Of(bytes[..Math.Min(bytes.Length, FileKinds.MagicBytes)]) switch
        {
            FileKind.Png => Exif.Upright(PngReader.Read(bytes, name, channels) ?? SkiaReader.Read(bytes, name, channels, out _),
                Exif.OfPng(bytes)),
            FileKind.Pgm => PgmReader.Read(bytes, name),
            FileKind.Jpeg or FileKind.WebP or FileKind.Bmp or FileKind.Gif =>
                Exif.Upright(SkiaReader.Read(bytes, name, channels, out int orientation), orientation),
            _ => throw new InvalidDataException($"'{name}': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found "
                + $"{FileKinds.Advice(bytes)}."),
        };
}
