using System.Globalization;
using Toolchain.Data.Glyphs;

namespace Toolchain.Data.Strokes;

/// <summary>Images [first..first+count) of the endless sequence of a seed.</summary>
/// <param name="Count">Images, in [1..<see cref="StrokeDigits.MaxCount"/>].</param>
/// <param name="Seed">Names the sequence.</param>
/// <param name="First">Index of the first image.</param>
/// <param name="Shape">Of an image.</param>
sealed record StrokeSpec(int Count, ulong Seed, int First, ImageShape Shape)
{
    /// <summary>Its form.</summary>
    public const string Form = "strokes[:count[:seed[:SIZE[:gray|rgb]]]]";

    /// <summary>Images without a count: as many as MNIST has.</summary>
    public const int DefaultCount = 70_000;

    const string Word = "strokes";

    /// <summary>Shape of an image, and what fits a picture to it.</summary>
    public Preprocess Preprocess => new(Shape, Shape.IsRgb ? FitMode.Letterbox : FitMode.Digit);

    /// <summary>Whether a text is such a specification, sound or not.</summary>
    public static bool IsOne(string spec) => spec == Word || spec.StartsWith($"{Word}:", StringComparison.Ordinal);

    /// <summary>The images of a part.</summary>
    /// <exception cref="ArgumentException">The specification cannot be understood, or has no test images.</exception>
    public static StrokeSpec Parse(string spec, Split split)
    {
        string[] parts = spec.Split(':');
        int count = DefaultCount;
        ulong seed = 0;
        bool understood = parts.Length <= 5
            && (parts.Length < 2 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count))
            && (parts.Length < 3 || ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out seed));
        if (!understood || count is < 1 or > StrokeDigits.MaxCount)
        {
            throw new ArgumentException($"'{spec}': expected {Form} with count in [1..{StrokeDigits.MaxCount}], "
                + "such as strokes:70000:0 or strokes:7000:0:64:rgb.", nameof(spec));
        }
        ImageShape shape = parts.Length < 4 ? ImageShape.Mnist : DrawnShape.Of(spec, parts[3], parts.ElementAtOrDefault(4) ?? "gray");
        int trainCount = count - count / 7; // MNIST's share: 10,000 of 70,000 are for testing
        return split switch
        {
            Split.Train => new(trainCount, seed, 0, shape),
            Split.Test when trainCount == count =>
                throw new ArgumentException($"'{spec}': the test images are the last seventh, so count must be at least 7.", nameof(spec)),
            Split.Test => new(count - trainCount, seed, trainCount, shape),
            _ => new(count, seed, 0, shape),
        };
    }
}
