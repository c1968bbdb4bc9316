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

    /// <summary>Principal components kept, in [1..784]; 0 keeps the pixels.</summary>
    public int Dimensions { get; init; }

    /// <summary>Keeps the fewest components that hold this share of the variance, in (0..1]; 0 uses <see cref="Dimensions"/>.</summary>
    public double VarianceFraction { get; init; }

    /// <summary>Scales principal components to variance 1.</summary>
    public bool Whiten { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        Require(Dimensions is >= 0 and <= ImageSet.PixelCount, nameof(Dimensions), $"in [0..{ImageSet.PixelCount}]", Dimensions);
        Require(VarianceFraction is >= 0 and <= 1, nameof(VarianceFraction), "in [0..1]", VarianceFraction);
    }
}
