using System.Diagnostics.CodeAnalysis;

namespace Toolchain.Data.Glyphs;

/// <summary>
/// Characters of the fonts in a folder, drawn by SkiaSharp. Each font is a writer: parts are parted by families of fonts, so that no design
/// is in both. Which fonts are usable, and which are for testing, depends on the files and the characters alone, not on size or colour.
/// </summary>
static class GlyphSet
{
    static readonly string[] extensions = [".ttf", ".otf"];

    // A program compiled ahead of time that is to stay small sets this switch; then fonts are not drawn in it.
    [FeatureSwitchDefinition("Toolchain.Data.Glyphs")]
    static bool IsIncluded => !AppContext.TryGetSwitch("Toolchain.Data.Glyphs", out bool enabled) || enabled;

    /// <summary>Draws every font; images of a font stand together, in the order of the characters.</summary>
    /// <exception cref="InvalidDataException">No font has all characters, all fonts are of one family and a part is asked for, or images
    /// are more than an array holds.</exception>
    public static ImageSet Draw(GlyphSpec spec, Split split) => IsIncluded ? DrawPart(spec, split)
        : throw new ArgumentException($"'{GlyphSpec.Prefix}{spec.Folder}': expected another source, found glyphs, which this program "
            + "does not draw; take the full uvl.");

    static ImageSet DrawPart(GlyphSpec spec, Split split)
    {
        GlyphFont[] drawn = DrawAll(spec);
        GlyphFont[] fonts = [.. drawn.Where(font => font.Fault == FontFault.None)];
        HashSet<string> test = FontFamily.ForTest(fonts.Select(font => font.Family));
        GlyphFont[] train = [.. fonts.Where(font => !test.Contains(font.Family))];
        GlyphFont[] held = [.. fonts.Where(font => test.Contains(font.Family))];
        Require(spec, split, drawn, train.Length);
        GlyphFont[] part = split switch { Split.Train => train, Split.Test => held, _ => [.. train, .. held] };
        if ((long)part.Length * spec.Characters.Length * spec.Shape.Size > Array.MaxLength)
        {
            throw new InvalidDataException($"'{spec.Folder}': expected images of at most {Array.MaxLength} bytes, found "
                + $"{part.Length} fonts of {spec.Characters.Length} images of {spec.Shape}; take a "
                + "smaller size or a folder of fewer fonts.");
        }
        bool areDigits = new ImageClasses(spec.Characters.Length, spec.Characters).AreDigits && !spec.Shape.IsRgb;
        return new("glyphs", split, [.. part.SelectMany(font => font.Pixels)], new()
        {
            Preprocess = new(spec.Shape, areDigits ? FitMode.Digit : FitMode.Letterbox),
            Content = ImageContent.Writing,
            Labels = [.. part.SelectMany(_ => Enumerable.Range(0, spec.Characters.Length))],
            Classes = new(spec.Characters.Length, spec.Characters),
            FileNames = [.. part.SelectMany(font => spec.Characters.Select(character => $"{font.Name}:{character}"))],
            Remarks = [$"glyphs: {Printable.Count(fonts.Length, "font")} of {Printable.Count(drawn.Length, "file")}, "
                + $"{train.Length} to train on and {held.Length} of other families to test on{LeftOut(drawn)}"],
        });
    }

    static GlyphFont[] DrawAll(GlyphSpec spec)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        string[] names = [.. Directory.EnumerateFiles(spec.Folder, "*", options)
            .Where(path => extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => Path.GetRelativePath(spec.Folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)];
        var fonts = new GlyphFont[names.Length];
        Parallel.For(0, names.Length, index => fonts[index] = GlyphFont.Draw(spec, names[index]));
        HashSet<string> known = [];
        return Array.ConvertAll(fonts, font => font.Fault != FontFault.None || known.Add(font.Digest) ? font
            : new(font.Name, FontFault.Duplicate));
    }

    static void Require(GlyphSpec spec, Split split, GlyphFont[] drawn, int train)
    {
        bool isAny = Array.Exists(drawn, font => font.Fault == FontFault.None);
        if (!isAny)
        {
            throw new InvalidDataException($"'{spec.Folder}': expected at least one font (.ttf, .otf) with "
                + $"{spec.Characters.Length} different characters, found {Printable.Count(drawn.Length, "font file")}{LeftOut(drawn)}; "
                + "name another folder or other characters.");
        }
        if (split != Split.All && train == 0)
        {
            throw new InvalidDataException($"'{spec.Folder}': expected fonts of two families or more to part them, found one"
                + $"{LeftOut(drawn)}; name a folder of more fonts, or --split all.");
        }
    }

    static string LeftOut(GlyphFont[] fonts)
    {
        string[] parts = [.. fonts.Where(font => font.Fault != FontFault.None).CountBy(font => font.Fault).OrderBy(pair => pair.Key)
            .Select(pair => pair.Key switch
            {
                FontFault.Unreadable => $"{pair.Value} unreadable",
                FontFault.Symbols => $"{pair.Value} of symbols",
                FontFault.LacksCharacter => $"{pair.Value} without a character",
                FontFault.SameGlyphs => $"{pair.Value} with one glyph for two characters",
                _ => $"{pair.Value} the same as another",
            })];
        return parts.Length == 0 ? "" : $"; left out: {string.Join(", ", parts)}";
    }
}
