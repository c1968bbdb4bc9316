using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

static class StillViews
{
    /// <summary>Options under which nothing is changed.</summary>
    public static AugmentationOptions Options { get; } = new()
    {
        RotationDegrees = 0,
        Shear = 0,
        ScaleLow = 1,
        ScaleHigh = 1,
        Anisotropy = 0,
        Shift = 0,
        Elastic = 0,
        ThicknessProbability = 0,
    };
}
