namespace Toolchain.Data.Glyphs;

/// <summary>What `glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]]` asks for.</summary>
/// <param name="Folder">Where the fonts lie, also in sub-folders.</param>
/// <param name="Characters">A string for each class.</param>
/// <param name="Shape">Of the images.</param>
sealed record GlyphSpec(string Folder, string[] Characters, ImageShape Shape)
{
    /// <summary>How a specification starts.</summary>
    public const string Prefix = "glyphs:";

    /// <summary>Its form.</summary>
    public const string Form = "glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]]";

    /// <summary>Reads a specification.</summary>
    /// <exception cref="ArgumentException">It cannot be understood.</exception>
    /// <exception cref="FileNotFoundException">There is no such folder.</exception>
    public static GlyphSpec Parse(string spec)
    {
        string[] parts = spec[Math.Min(spec.Length, Prefix.Length)..].Split(':');
        // A drive of Windows: C:\fonts.
        if (parts is [[_], ['\\' or '/', ..], ..] && OperatingSystem.IsWindows())
        {
            parts = [$"{parts[0]}:{parts[1]}", .. parts[2..]];
        }
        if (parts.Length > 4 || parts[0].Length == 0)
        {
            throw new ArgumentException($"'{spec}': expected {Form}, such as glyphs:/usr/share/fonts:62:32:rgb.", nameof(spec));
        }
        string characters = parts.ElementAtOrDefault(1) ?? "", colour = parts.ElementAtOrDefault(3) ?? "gray";
        string[] wanted = GlyphCharacters.Of(characters) ?? throw new ArgumentException(
            $"'{spec}': expected characters as {GlyphCharacters.Expected}; found '{Printable.Line(characters)}'.", nameof(spec));
        ImageShape shape = DrawnShape.Of(spec, parts.ElementAtOrDefault(2) ?? "28", colour);
        return Directory.Exists(parts[0]) ? new(parts[0], wanted, shape)
            : throw new FileNotFoundException($"'{parts[0]}': no such folder; expected one with fonts (.ttf, .otf), such as "
                + "/usr/share/fonts.", parts[0]);
    }
}
