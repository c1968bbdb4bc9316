using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// The cubic B-splines of the nodes before, at, after and two after a place at t in [0..1] of its cell, one in each lane:
/// (1 - t)^3 / 6, (3 t^3 - 6 t^2 + 4) / 6, (-3 t^3 + 3 t^2 + 3 t + 1) / 6, t^3 / 6.
/// </summary>
static class Spline
{
    /// <summary>Nodes along an axis that a place has to do with.</summary>
    public const int Nodes = 4;

    // Coefficients of the powers of t, [power], of all four.
    static readonly Vector128<float> constant = Vector128.Create(1f, 4, 1, 0) / 6f, first = Vector128.Create(-3f, 0, 3, 0) / 6f;
    static readonly Vector128<float> second = Vector128.Create(3f, -6, 3, 0) / 6f, third = Vector128.Create(-1f, 3, -3, 1) / 6f;

    public static Vector128<float> Weights(float t)
    {
        var all = Vector128.Create(t);
        return Vector128.FusedMultiplyAdd(Vector128.FusedMultiplyAdd(Vector128.FusedMultiplyAdd(third, all, second), all, first), all,
            constant);
    }

    /// <summary>The transform of the spline at whole numbers, which are 4 and 1 of 6.</summary>
    public static double Transform(double angle) => (2 + Math.Cos(angle)) / 3;

    /// <summary>The derivatives of the weights by t.</summary>
    public static Vector128<float> Slopes(float t)
    {
        var all = Vector128.Create(t);
        return Vector128.FusedMultiplyAdd(Vector128.FusedMultiplyAdd(3 * third, all, 2 * second), all, first);
    }
}
