using Toolchain.Data;
using Toolchain.Train.Core;

namespace Toolchain.Train.Features;

/// <summary>What is done to pixels before they are clustered, in this order.</summary>
abstract record PixelOptions : MethodOptions
{
    /// <summary>
    /// Shears each digit upright by its moments (LeCun et al. 1998, "Gradient-based learning applied to document recognition", section
    /// III).
    /// </summary>
    public bool Deslant { get; init; }

    /// <summary>Scales each image to unit length, so that bold and thin strokes become similar.</summary>
    public bool UnitLength { get; init; }

    /// <summary>
    /// Principal components kept, of 784 for images of 28 x 28; 0 keeps the pixels, or 100 components of images of more than 1,000 numbers.
    /// </summary>
    public int Dimensions { get; init; }

    /// <summary>Keeps the fewest components that hold this share of the variance, in (0..1]; 0 uses <see cref="Dimensions"/>.</summary>
    public double VarianceFraction { get; init; }

    /// <summary>Scales principal components to variance 1.</summary>
    public bool Whiten { get; init; }

    // Numbers of the largest image: 3 x 128 x 128.
    const int MostDimensions = 49_152;

    // Numbers of an image that are clustered as they are; components of larger ones.
    const int MostPixels = 1000, Components = 100;

    /// <summary>The same options for images of a shape.</summary>
    /// <param name="data">The training images.</param>
    /// <exception cref="ArgumentException">They cannot be applied to such images.</exception>
    public PixelOptions For(ImageSet data)
    {
        int most = Math.Min(data.Shape.Size, data.Count);
        if (Dimensions > data.Shape.Size)
        {
            throw new ArgumentException($"'dimensions' must be in [0..{data.Shape.Size}], the numbers of an image of {data.Shape}, was "
                + $"{Dimensions}.");
        }
        if (Deslant && data.Shape.IsRgb)
        {
            throw new ArgumentException($"'deslant' must be false for images with colour, found {data.Shape}; say --color gray.");
        }
        return data.Shape.Size > MostPixels && Dimensions == 0 && VarianceFraction == 0
            ? this with { Dimensions = Math.Min(Components, most) } : this;
    }

    /// <inheritdoc/>
    public override void Check()
    {
        Require(Dimensions is >= 0 and <= MostDimensions, nameof(Dimensions), $"in [0..{MostDimensions}]", Dimensions);
        Require(VarianceFraction is >= 0 and <= 1, nameof(VarianceFraction), "in [0..1]", VarianceFraction);
    }
}
