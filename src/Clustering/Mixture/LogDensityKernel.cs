using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// log density of eight rows x under one component: bias - |shift + P^T x|^2 / 2, with P P^T the inverse covariance, triangular or
/// diagonal. Rows lie side by side, column by column [D,8], a column in two vectors of float64: a lane never mixes rows.
/// </summary>
static class LogDensityKernel
{
    public const int RowCount = 8;

    /// <summary>Outputs of a triangular factor that are computed together: eight sums keep two multipliers busy.</summary>
    public const int Height = 4;

    const nuint Half = 4;

    /// <summary>bias - sum over the columns of (shift + scale value)^2 / 2.</summary>
    /// <param name="transposed">Rows side by side, [D,8].</param>
    /// <param name="packed">Shift and scale of each column, [D,2].</param>
    /// <param name="bias">What the density is where the sum is 0.</param>
    /// <param name="best">The largest densities so far, [8]; they rise.</param>
    /// <param name="densities">Gets the densities, [8].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool DiagonalLogDensities(ref double transposed, double[] packed, double bias, ref double best, ref double densities)
    {
        Vector256<double> low = default, high = default;
        for (int at = 0; at < packed.Length; at += 2)
        {
            Vector256<double> shift = Vector256.Create(packed[at]), scale = Vector256.Create(packed[at + 1]);
            Vector256<double> x = Vector256.FusedMultiplyAdd(Load(ref transposed, 0), scale, shift),
                y = Vector256.FusedMultiplyAdd(Load(ref transposed, Half), scale, shift);
            (low, high) = (Vector256.FusedMultiplyAdd(x, x, low), Vector256.FusedMultiplyAdd(y, y, high));
            transposed = ref Unsafe.Add(ref transposed, RowCount);
        }
        Store(BiasLessHalf(bias, low), BiasLessHalf(bias, high), ref best, ref densities);
        return true;
    }

    /// <summary>
    /// bias - |shift + P^T row|^2 / 2, or false when each is certain to lie more than <paramref name="margin"/> below its best: squares
    /// only add up, so that a sum past that settles the matter.
    /// </summary>
    /// <param name="transposed">Rows side by side, [D,8].</param>
    /// <param name="packed">As <see cref="PrecisionFactor.Pack"/> gives it.</param>
    /// <param name="width">Columns (D).</param>
    /// <param name="bias">What the density is where the sum is 0.</param>
    /// <param name="margin">How far below the best a density is not worth to be known.</param>
    /// <param name="best">The largest densities so far, [8]; they rise.</param>
    /// <param name="densities">Gets the densities, [8].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool LogDensities(ref double transposed, double[] packed, int width, double bias, double margin, ref double best,
        ref double densities)
    {
        ref double a = ref packed[0];
        Vector256<double> low = default, high = default, densityLow = default, densityHigh = default;
        for (int row = 0; row < width; row += Height)
        {
            ref double b = ref transposed;
            Vector256<double> s0 = Vector256.Create(a), s1 = Broadcast(ref a, 1), s2 = Broadcast(ref a, 2), s3 = Broadcast(ref a, 3);
            Vector256<double> t0 = s0, t1 = s1, t2 = s2, t3 = s3;
            for (int p = Math.Min(width, row + Height); p > 0; p--)
            {
                a = ref Unsafe.Add(ref a, Height);
                Vector256<double> x = Load(ref b, 0), y = Load(ref b, Half), scale = Vector256.Create(a);
                (s0, t0) = (Vector256.FusedMultiplyAdd(scale, x, s0), Vector256.FusedMultiplyAdd(scale, y, t0));
                scale = Broadcast(ref a, 1);
                (s1, t1) = (Vector256.FusedMultiplyAdd(scale, x, s1), Vector256.FusedMultiplyAdd(scale, y, t1));
                scale = Broadcast(ref a, 2);
                (s2, t2) = (Vector256.FusedMultiplyAdd(scale, x, s2), Vector256.FusedMultiplyAdd(scale, y, t2));
                scale = Broadcast(ref a, 3);
                (s3, t3) = (Vector256.FusedMultiplyAdd(scale, x, s3), Vector256.FusedMultiplyAdd(scale, y, t3));
                b = ref Unsafe.Add(ref b, RowCount);
            }
            a = ref Unsafe.Add(ref a, Height);
            low += Vector256.FusedMultiplyAdd(s0, s0, s1 * s1) + Vector256.FusedMultiplyAdd(s2, s2, s3 * s3);
            high += Vector256.FusedMultiplyAdd(t0, t0, t1 * t1) + Vector256.FusedMultiplyAdd(t2, t2, t3 * t3);
            (densityLow, densityHigh) = (BiasLessHalf(bias, low), BiasLessHalf(bias, high));
            var depth = Vector256.Create(margin);
            if ((Vector256.GreaterThanOrEqual(densityLow + depth, Load(ref best, 0)) | Vector256.GreaterThanOrEqual(densityHigh + depth,
                Load(ref best, Half))) == default)
            {
                return false;
            }
        }
        Store(densityLow, densityHigh, ref best, ref densities);
        return true;
    }

    // Writes the densities and raises the largest ones.
    static void Store(Vector256<double> low, Vector256<double> high, ref double best, ref double densities)
    {
        low.StoreUnsafe(ref densities);
        high.StoreUnsafe(ref densities, Half);
        Vector256.MaxNative(low, Load(ref best, 0)).StoreUnsafe(ref best);
        Vector256.MaxNative(high, Load(ref best, Half)).StoreUnsafe(ref best, Half);
    }

    static Vector256<double> BiasLessHalf(double bias, Vector256<double> squares) =>
        Vector256.FusedMultiplyAdd(squares, Vector256.Create(-.5), Vector256.Create(bias));

    static Vector256<double> Load(ref double from, nuint at) => Vector256.LoadUnsafe(ref from, at);

    static Vector256<double> Broadcast(ref double from, int at) => Vector256.Create(Unsafe.Add(ref from, at));
}
