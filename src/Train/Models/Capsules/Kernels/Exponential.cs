using System.Runtime.Intrinsics;

namespace Toolchain.Train.Models.Capsules.Kernels;

/// <summary>
/// e^x in single precision, eight at a time: 2^n e^r with r in +-ln 2 / 2, and for e^r the polynomial of Moshier's Cephes library (expf).
/// Within 3e-7 of the value; the runtime's own goes by double precision.
/// </summary>
static class Exponential
{
    /// <summary>e^x; below -87 it is that of -87, above 88 that of 88, so that 2^n stays a normal number.</summary>
    public static Vector256<float> Of(Vector256<float> x)
    {
        x = Vector256.Min(Vector256.Max(x, Vector256.Create(-87f)), Vector256.Create(88f));
        Vector256<float> n = Vector256.Round(x * 1.44269504f);
        Vector256<float> r = x - n * 0.693359375f - n * -2.12194440e-4f; // ln 2 in two parts, the first one exact
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = p * r + Vector256.Create(1.3981999507e-3f);
        p = p * r + Vector256.Create(8.3334519073e-3f);
        p = p * r + Vector256.Create(4.1665795894e-2f);
        p = p * r + Vector256.Create(1.6666665459e-1f);
        p = p * r + Vector256.Create(5.0000001201e-1f);
        Vector256<int> exponent = (Vector256.ConvertToInt32(n) + Vector256.Create(127)) << 23;
        return (p * (r * r) + r + Vector256<float>.One) * exponent.AsSingle();
    }
}
