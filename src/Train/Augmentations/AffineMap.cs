using System.Runtime.Intrinsics;
using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// A random affine map about the centre of the image, read backwards: from a pixel of the view to the place in the image.
/// </summary>
readonly record struct AffineMap(float XX, float XY, float YX, float YY, float ShiftX, float ShiftY)
{
    const float centre = (ImageSet.Side - 1) / 2f;

    /// <summary>Rotation times shear times scale, and a shift.</summary>
    public static AffineMap Draw(AugmentationOptions options, ref RandomStream random)
    {
        double angle = Within(ref random, options.RotationDegrees) * Math.PI / 180;
        double shear = Within(ref random, options.Shear);
        double scale = random.NextDouble(Math.Log(options.ScaleLow), Math.Log(options.ScaleHigh));
        double stretch = Within(ref random, options.Anisotropy) / 2;
        double shiftX = Within(ref random, options.Shift) * ImageSet.Side, shiftY = Within(ref random, options.Shift) * ImageSet.Side;
        // Backwards: a larger digit reads from closer together.
        double sx = Math.Exp(-scale - stretch), sy = Math.Exp(-scale + stretch);
        (double sin, double cos) = Math.SinCos(angle);
        return new AffineMap(
            (float)(cos * sx), (float)((cos * shear - sin) * sy),
            (float)(sin * sx), (float)((sin * shear + cos) * sy),
            (float)shiftX, (float)shiftY);
    }

    /// <summary>The places in the image that eight pixels of row <paramref name="y"/> of the view show.</summary>
    public (Vector256<float> X, Vector256<float> Y) Source(Vector256<float> x, int y)
    {
        float v = y - centre;
        Vector256<float> u = x - Vector256.Create(centre);
        return (u * XX + Vector256.Create(XY * v + centre + ShiftX), u * YX + Vector256.Create(YY * v + centre + ShiftY));
    }

    static double Within(ref RandomStream random, double range) => random.NextDouble(-range, range);
}
