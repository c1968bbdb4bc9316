using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// Tells in float32 for which rows a component is certain to be negligible: the squared Mahalanobis distance along a few axes is at most
/// that in all columns. Rounding is bounded, so what it leaves out is below the margin whatever the data.
/// </summary>
sealed class MarginalScreen
{
    const int Group = LogDensityKernel.RowCount, Height = LogDensityKernel.Height;

    // (a + e)^2 <= (1 + s) a^2 + (1 + 1/s) e^2 for the rounding e of a distance a; and what the rounding of the limit itself takes.
    const double Slack = 1e-3, LimitSlack = 1e-6;

    readonly AxisRows rows;
    // Of each component: its factor as PrecisionFactor.Pack gives it, [K, packed length], and what the limit of its distances is before
    // twice the best density is taken from it, [K].
    readonly float[] packed, limits;
    readonly int packedLength;

    /// <param name="rows">The rows along axes.</param>
    /// <param name="components">The components.</param>
    /// <param name="margin">How far below the best a density is negligible.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public MarginalScreen(AxisRows rows, Component[] components, double margin, int threads)
    {
        this.rows = rows;
        packedLength = PackedLength(DiscriminantAxes.Count);
        (packed, limits) = (new float[components.Length * packedLength], new float[components.Length]);
        Chunks.ForParts(components.Length, components.Length, threads, (k, _, _) =>
        {
            (double[] mean, double[] covariance) = rows.Axes.Marginal(components[k]);
            limits[k] = float.PositiveInfinity; // says nothing
            if (PrecisionFactor.Cholesky(covariance, DiscriminantAxes.Count, out _) is double[] lower && IsExact(lower, covariance))
            {
                PrecisionFactor factor = PrecisionFactor.FromCholesky(lower, DiscriminantAxes.Count);
                double[] own = factor.Pack(mean);
                Array.ConvertAll(own, value => (float)value).CopyTo(packed, k * packedLength);
                double level = 2 * (1 + Slack) * (components[k].LogBias + margin), error = Error(factor, mean);
                limits[k] = (float)(level + LimitSlack * Math.Abs(level) + LimitSlack + (1 + 1 / Slack) * error * error);
            }
        });
    }

    // Whether no pivot has lost so many digits that its factor is off by a part of the slack.
    static bool IsExact(double[] lower, double[] covariance)
    {
        const double least = 1e-9;
        for (int at = 0; at < lower.Length; at += DiscriminantAxes.Count + 1)
        {
            if (lower[at] * lower[at] < least * covariance[at])
            {
                return false;
            }
        }
        return true;
    }

    static int PackedLength(int width) => Enumerable.Range(1, width / Height).Sum(block => Height + block * Height * Height);

    /// <summary>The limits of a group's distances, without the component's part, in float32.</summary>
    /// <param name="best">The largest densities of the rows so far, [8].</param>
    public static Vector256<float> Limits(ReadOnlySpan<double> best)
    {
        Span<float> limits = stackalloc float[Group];
        for (int lane = 0; lane < Group; lane++)
        {
            double level = 2 * (1 + Slack) * best[lane];
            limits[lane] = (float)(level - LimitSlack * Math.Abs(level));
        }
        return Vector256.Create<float>(limits);
    }

    // Bound of the rounding of the distance: each of its A parts is a sum of A + 1 products of float32 numbers.
    double Error(PrecisionFactor factor, double[] mean)
    {
        const double unit = 1.0 / (1 << 23);
        double squares = 0;
        for (int i = 0; i < DiscriminantAxes.Count; i++)
        {
            double size = 0;
            for (int j = 0; j <= i; j++)
            {
                size += Math.Abs(factor[i, j]) * (rows.Largest[j] + Math.Abs(mean[j]));
            }
            double error = unit * (DiscriminantAxes.Count + 3) * size;
            squares += error * error;
        }
        return Math.Sqrt(squares);
    }

    /// <summary>
    /// Whether a component may matter to the eight rows from <paramref name="first"/> on (bit 0) and to the next eight (bit 1).
    /// </summary>
    /// <param name="component">Its index.</param>
    /// <param name="first">A multiple of eight; the bit of rows that are not there means nothing.</param>
    /// <param name="low">Limits of the first eight rows.</param>
    /// <param name="high">Those of the next eight.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public uint MayMatter(int component, int first, Vector256<float> low, Vector256<float> high)
    {
        ref float a = ref packed[component * packedLength], x = ref rows.Get(first);
        ref float y = ref Unsafe.Add(ref x, DiscriminantAxes.Count * Group);
        var limit = Vector256.Create(limits[component]);
        (low, high) = (limit - low, limit - high);
        Vector256<float> sumLow = default, sumHigh = default;
        uint left = 0;
        for (int width = Height; width <= DiscriminantAxes.Count; width += Height)
        {
            Vector256<float> s0 = Vector256.Create(a), s1 = Broadcast(ref a, 1), s2 = Broadcast(ref a, 2), s3 = Broadcast(ref a, 3);
            Vector256<float> t0 = s0, t1 = s1, t2 = s2, t3 = s3;
            for (nuint at = 0; at < (nuint)(width * Group); at += Group)
            {
                a = ref Unsafe.Add(ref a, Height);
                Vector256<float> p = Vector256.LoadUnsafe(ref x, at), q = Vector256.LoadUnsafe(ref y, at), scale = Vector256.Create(a);
                (s0, t0) = (Vector256.FusedMultiplyAdd(scale, p, s0), Vector256.FusedMultiplyAdd(scale, q, t0));
                scale = Broadcast(ref a, 1);
                (s1, t1) = (Vector256.FusedMultiplyAdd(scale, p, s1), Vector256.FusedMultiplyAdd(scale, q, t1));
                scale = Broadcast(ref a, 2);
                (s2, t2) = (Vector256.FusedMultiplyAdd(scale, p, s2), Vector256.FusedMultiplyAdd(scale, q, t2));
                scale = Broadcast(ref a, 3);
                (s3, t3) = (Vector256.FusedMultiplyAdd(scale, p, s3), Vector256.FusedMultiplyAdd(scale, q, t3));
            }
            a = ref Unsafe.Add(ref a, Height);
            sumLow += Vector256.FusedMultiplyAdd(s0, s0, s1 * s1) + Vector256.FusedMultiplyAdd(s2, s2, s3 * s3);
            sumHigh += Vector256.FusedMultiplyAdd(t0, t0, t1 * t1) + Vector256.FusedMultiplyAdd(t2, t2, t3 * t3);
            // What is not a number may matter.
            left = (Vector256.GreaterThanAll(sumLow, low) ? 0 : 1u) | (Vector256.GreaterThanAll(sumHigh, high) ? 0 : 2u);
            if (left == 0)
            {
                break;
            }
        }
        return left;
    }

    static Vector256<float> Broadcast(ref float from, int at) => Vector256.Create(Unsafe.Add(ref from, at));
}
