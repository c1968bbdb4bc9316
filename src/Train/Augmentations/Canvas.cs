using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// How a view lies in memory while it is drawn: rows of 32 floats, which are four vectors, with a black pixel around the 28 x 28, so that
/// neighbours and vectors need no edge cases.
/// </summary>
static class Canvas
{
    /// <summary>Distance between rows.</summary>
    public const int Stride = 32;

    /// <summary>Where pixel (0,0) lies: one row down, one column in.</summary>
    public const int Origin = Stride + 1;

    /// <summary>Floats of a canvas; the last vector of the last row ends within it.</summary>
    public const int Count = Stride * (ImageSet.Side + 2) + 8;
}
