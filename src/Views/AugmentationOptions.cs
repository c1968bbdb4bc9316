using Toolchain.Data;

namespace Toolchain.Views;

/// <summary>
/// How far a view may lie from its image; every range is drawn from uniformly unless said otherwise. Pixels are those of images of 28 x 28;
/// in larger ones lengths grow with the shorter side.
/// </summary>
public sealed record AugmentationOptions : CheckedOptions
{
    /// <summary>Smallest standard deviation of a blur, pixels.</summary>
    internal const double LeastBlur = 0.5;

    /// <summary>Largest rotation either way, degrees. Beyond 30, 6 and 9 overlap.</summary>
    public double RotationDegrees { get; init; } = 20;

    /// <summary>Largest horizontal shear either way; slant is what most separates images of one digit.</summary>
    public double Shear { get; init; } = 0.3;

    /// <summary>Smallest scale; drawn log-uniformly up to <see cref="ScaleHigh"/>.</summary>
    public double ScaleLow { get; init; } = 0.8;

    /// <summary>Largest scale.</summary>
    public double ScaleHigh { get; init; } = 1.25;

    /// <summary>Largest logarithm by which width may differ from height, either way.</summary>
    public double Anisotropy { get; init; } = 0.15;

    /// <summary>Largest shift along each axis, as a fraction of the side.</summary>
    public double Shift { get; init; } = 0.1;

    /// <summary>Standard deviation of the elastic displacement at its 5 x 5 control points, pixels.</summary>
    public double Elastic { get; init; } = 1.2;

    /// <summary>Probability that strokes are thickened or thinned.</summary>
    public double ThicknessProbability { get; init; } = 0.5;

    /// <summary>Largest growth of thickened strokes on each side, in pixels of the image itself.</summary>
    [OmittedAtDefault(1)]
    public double Thickness { get; init; } = 1;

    /// <summary>Probability that strokes are replaced by their outlines, which fonts differ in.</summary>
    [OmittedAtDefault]
    public double OutlineProbability { get; init; }

    /// <summary>
    /// Probability that the outer ends of strokes get short bars, as serifs and feet are; of grey images, where bright pixels are ink.
    /// </summary>
    [OmittedAtDefault]
    public double SerifProbability { get; init; }

    /// <summary>
    /// Probability that the highest end of the ink gets a flag, the lowest a foot, or both, as a one has or has not; images in colour go
    /// without.
    /// </summary>
    [OmittedAtDefault]
    public double FlagProbability { get; init; }

    /// <summary>Probability that a view is blurred, as small pictures are that were enlarged.</summary>
    [OmittedAtDefault]
    public double BlurProbability { get; init; }

    /// <summary>Largest standard deviation of that blur, pixels; the smallest is 0.5.</summary>
    [OmittedAtDefault(1.5)]
    public double Blur { get; init; } = 1.5;

    /// <summary>Probability that a rectangle is set to black.</summary>
    public double EraseProbability { get; init; }

    /// <summary>Longest side of the rectangle, pixels; the shortest is 4.</summary>
    public int EraseSide { get; init; } = 12;

    /// <summary>Probability that a straight bar across the image is set to black.</summary>
    public double BarProbability { get; init; }

    /// <summary>Width of the bar, pixels.</summary>
    public double BarWidth { get; init; } = 5;

    /// <summary>Probability that a short pen stroke is added, which turns a plain seven into a crossed one.</summary>
    public double StrokeProbability { get; init; }

    /// <summary>Checks what images of a shape cannot have.</summary>
    /// <exception cref="ArgumentException">Serifs are asked for of images in colour, whose ink is not known.</exception>
    public void CheckFor(ImageShape shape) =>
        Require(SerifProbability == 0 || !shape.IsRgb, nameof(SerifProbability), "0 for images in colour", SerifProbability);

    /// <inheritdoc/>
    public override void Check()
    {
        Range(RotationDegrees, nameof(RotationDegrees));
        Range(Shear, nameof(Shear));
        Range(Anisotropy, nameof(Anisotropy));
        Range(Shift, nameof(Shift));
        Range(Elastic, nameof(Elastic));
        Require(double.IsFinite(ScaleLow) && ScaleLow > 0, nameof(ScaleLow), "above 0", ScaleLow);
        Require(double.IsFinite(ScaleHigh) && ScaleHigh >= ScaleLow, nameof(ScaleHigh),
            FormattableString.Invariant($"at least scaleLow={ScaleLow}"), ScaleHigh);
        Require(EraseSide is >= 4 and <= 28, nameof(EraseSide), "in [4..28]", EraseSide);
        Require(Thickness is >= 0 and <= 14, nameof(Thickness), "in [0..14]", Thickness);
        Require(Blur is >= LeastBlur and <= 14, nameof(Blur), "in [0.5..14]", Blur);
        Range(BarWidth, nameof(BarWidth));
        Probability(ThicknessProbability, nameof(ThicknessProbability));
        Probability(OutlineProbability, nameof(OutlineProbability));
        Probability(SerifProbability, nameof(SerifProbability));
        Probability(FlagProbability, nameof(FlagProbability));
        Probability(BlurProbability, nameof(BlurProbability));
        Probability(EraseProbability, nameof(EraseProbability));
        Probability(BarProbability, nameof(BarProbability));
        Probability(StrokeProbability, nameof(StrokeProbability));

        static void Probability(double value, string name) => Require(value is >= 0 and <= 1, name, "in [0..1]", value);

        static void Range(double value, string name) => Require(double.IsFinite(value) && value >= 0, name, "at least 0 and finite", value);
    }

    static new void Require(bool holds, string name, string rule, IFormattable value) =>
        CheckedOptions.Require(holds, $"augmentation.{char.ToLowerInvariant(name[0])}{name[1..]}", rule, value);
}
