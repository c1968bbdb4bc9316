using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// The potential that the charge of a row causes at its own coordinates through the nodes, which the sums must leave out. With u and v the
/// squared distances of the row from the middle of its cell along both axes, the potential is the polynomial
/// sum over a, b in [0..3] of coefficient[a,b] u^a v^b.
/// </summary>
sealed class SelfPotential
{
    // Sums of products of the cubic splines of nodes 0, 1, 2 and 3 apart, either way, in powers of u: [apart,power].
    static readonly float[][] products = [[530, 408, -1056, 640], [575, -564, 1488, -960], [46, 168, -480, 384], [1, -12, 48, -64]];
    const double Denominator = 1152;

    // [power of u], all powers of v.
    readonly Vector128<float>[] coefficients;

    /// <summary>From the potentials of a charge of 1 at a node, there and up to three nodes away along each axis, [4,4].</summary>
    public SelfPotential(float[] ofUnit)
    {
        coefficients =
            [.. Enumerable.Range(0, 4).Select(a => Vector128.Create([.. Enumerable.Range(0, 4).Select(b => Coefficient(a, b))]))];

        float Coefficient(int a, int b) =>
            (float)(Enumerable.Range(0, 16).Sum(i =>
            ofUnit[i] * (double)products[i / 4][a] * products[i % 4][b]) / (Denominator * Denominator));
    }

    /// <param name="Value">Terms of the potential.</param>
    /// <param name="Across">Terms of half of its slope along the first axis.</param>
    /// <param name="Down">Terms of half of its slope along the second axis.</param>
    public readonly record struct Terms(Vector128<float> Value, Vector128<float> Across, Vector128<float> Down);

    /// <summary>
    /// Terms whose sums are the potential at a place in its cell, [0..1] along each axis, and half of its slopes, which is the charge's
    /// force on itself.
    /// </summary>
    public Terms At(float across, float down)
    {
        float x = across - .5f, y = down - .5f, v = y * y;
        var u = Vector128.Create(x * x);
        Vector128<float> ofU = coefficients[0] + u * (coefficients[1] + u * (coefficients[2] + u * coefficients[3]));
        Vector128<float> slopeOfU = coefficients[1] + u * (2 * coefficients[2] + u * (3 * coefficients[3]));
        Vector128<float> ofV = Vector128.Create(1, v, v * v, v * v * v), slopeOfV = Vector128.Create(0, 1, 2 * v, 3 * v * v);
        return new(ofU * ofV, x * slopeOfU * ofV, y * ofU * slopeOfV);
    }
}
