using System.Runtime.Intrinsics;
using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>Lanes of the vectors that make up a row of 28 pixels.</summary>
static class Columns
{
    /// <summary>Column numbers 0..7.</summary>
    public static Vector256<float> First => Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>All bits in those lanes of a row's last vector that are pixels: 24..27 of 24..31.</summary>
    public static Vector256<float> LastMask => Vector256.LessThan(First, Vector256.Create((float)(ImageSet.Side - 24)));
}
