using System.Runtime.Intrinsics;
using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// A random affine map about the centre of the image, read backwards: from a pixel of the view to the place in the image.
/// </summary>
/// <param name="XX">Columns of the image per column of the view.</param>
/// <param name="XY">Columns of the image per row of the view.</param>
/// <param name="YX">Rows of the image per column of the view.</param>
/// <param name="YY">Rows of the image per row of the view.</param>
/// <param name="ShiftX">Columns by which the view's centre is off the image's.</param>
/// <param name="ShiftY">Rows by which it is.</param>
public readonly record struct AffineMap(float XX, float XY, float YX, float YY, float ShiftX, float ShiftY)
{
    /// <summary>The column of the centre, from the centre of the first pixel.</summary>
    public float CentreX { get; init; } = 13.5f;

    /// <summary>The row of the centre.</summary>
    public float CentreY { get; init; } = 13.5f;

    /// <summary>Rotation times shear times scale, and a shift.</summary>
    public static AffineMap Draw(AugmentationOptions options, ViewCanvas canvas, ref RandomStream random)
    {
        double angle = Within(ref random, options.RotationDegrees) * Math.PI / 180;
        double shear = Within(ref random, options.Shear);
        double scale = random.NextDouble(Math.Log(options.ScaleLow), Math.Log(options.ScaleHigh));
        double stretch = Within(ref random, options.Anisotropy) / 2;
        double shiftX = Within(ref random, options.Shift) * canvas.Width, shiftY = Within(ref random, options.Shift) * canvas.Height;
        // Backwards: a larger digit reads from closer together.
        double sx = Math.Exp(-scale - stretch), sy = Math.Exp(-scale + stretch);
        (double sin, double cos) = Math.SinCos(angle);
        return new AffineMap(
            (float)(cos * sx), (float)((cos * shear - sin) * sy),
            (float)(sin * sx), (float)((sin * shear + cos) * sy),
            (float)shiftX, (float)shiftY).About(canvas);
    }

    /// <summary>The same map about the centre of another image.</summary>
    public AffineMap About(ViewCanvas canvas) => this with { CentreX = (canvas.Width - 1) / 2f, CentreY = (canvas.Height - 1) / 2f };

    /// <summary>The places in the image that eight pixels of row <paramref name="y"/> of the view show.</summary>
    public (Vector256<float> X, Vector256<float> Y) Source(Vector256<float> x, int y)
    {
        float v = y - CentreY;
        Vector256<float> u = x - Vector256.Create(CentreX);
        return (u * XX + Vector256.Create(XY * v + CentreX + ShiftX), u * YX + Vector256.Create(YY * v + CentreY + ShiftY));
    }

    static double Within(ref RandomStream random, double range) => random.NextDouble(-range, range);
}
