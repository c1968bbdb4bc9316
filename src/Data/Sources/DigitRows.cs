using System.Buffers;

namespace Toolchain.Data;

/// <summary>Gathers images that are decoded one by one, so that pixels, label and name of a row go in together or not at all.</summary>
sealed class DigitRows(string source, bool skipBad)
{
    readonly List<byte> labels = [];
    readonly List<string> names = [];
    readonly List<string> skipped = [];
    readonly ArrayBufferWriter<byte> pixels = new();

    /// <summary>Decodes one image into the next row, or names it as skipped.</summary>
    /// <param name="name">What the row is called.</param>
    /// <param name="label">Its digit, or null.</param>
    /// <param name="path">Names the image in errors.</param>
    /// <param name="bytes">Gets the image file's bytes.</param>
    public void Add(string name, byte? label, string path, Func<byte[]> bytes)
    {
        try
        {
            ImageFile.ReadDigit(bytes(), path, pixels.GetSpan(DigitSet.PixelCount));
        }
        catch (Exception bad) when (skipBad && bad is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            skipped.Add(bad.Message);
            return;
        }
        pixels.Advance(DigitSet.PixelCount);
        names.Add(name);
        if (label is { } digit)
        {
            labels.Add(digit);
        }
    }

    /// <summary>The rows so far.</summary>
    /// <exception cref="InvalidDataException">Not one image could be read.</exception>
    public DigitSet ToSet()
    {
        if (names.Count == 0)
        {
            string found = skipped.Count == 0 ? "none" : $"{skipped.Count} that cannot be read, the first being {skipped[0]}";
            throw new InvalidDataException($"'{source}': expected images (.png .pgm .jpg .jpeg .webp .bmp), found {found}; name another source.");
        }
        return new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))), Split.All, pixels.WrittenSpan.ToArray(),
            labels.Count == 0 ? null : [.. labels], [.. names], skipped);
    }
}
