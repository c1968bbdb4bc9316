using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>Eight rows side by side, [D,8], in two vectors of float64: a lane never mixes rows.</summary>
static class Lanes
{
    public const int Count = 8;

    /// <summary>Turns rows to [D,8]; lanes beyond the last row repeat it.</summary>
    public static void Turn(Rows rows, ReadOnlySpan<int> which, Span<double> turned)
    {
        for (int lane = 0; lane < Count; lane++)
        {
            ReadOnlySpan<float> row = rows[which[Math.Min(lane, which.Length - 1)]];
            for (int column = 0; column < row.Length; column++)
            {
                turned[column * Count + lane] = row[column];
            }
        }
    }

    /// <summary>to = turned - mean, column by column.</summary>
    public static void Subtract(ReadOnlySpan<double> turned, double[] mean, Span<double> to)
    {
        ref double from = ref MemoryMarshal.GetReference(turned), target = ref MemoryMarshal.GetReference(to);
        for (int column = 0; column < mean.Length; column++)
        {
            var shift = Vector256.Create(mean[column]);
            nuint at = (nuint)(column * Count);
            (Vector256.LoadUnsafe(ref from, at) - shift).StoreUnsafe(ref target, at);
            (Vector256.LoadUnsafe(ref from, at + 4) - shift).StoreUnsafe(ref target, at + 4);
        }
    }

    /// <summary>sums += (scale_column * value)^2 over all columns.</summary>
    public static void AddScaledSquares(ReadOnlySpan<double> values, double[] scales, Span<double> sums)
    {
        ref double from = ref MemoryMarshal.GetReference(values), target = ref MemoryMarshal.GetReference(sums);
        Vector256<double> low = Vector256.LoadUnsafe(ref target), high = Vector256.LoadUnsafe(ref target, 4);
        for (int column = 0; column < scales.Length; column++)
        {
            var scale = Vector256.Create(scales[column]);
            nuint at = (nuint)(column * Count);
            Vector256<double> x = Vector256.LoadUnsafe(ref from, at) * scale, y = Vector256.LoadUnsafe(ref from, at + 4) * scale;
            low = Vector256.FusedMultiplyAdd(x, x, low);
            high = Vector256.FusedMultiplyAdd(y, y, high);
        }
        low.StoreUnsafe(ref target);
        high.StoreUnsafe(ref target, 4);
    }

    /// <summary>sums += squares of all rows of <paramref name="values"/> [n,8]; false when bias - sum/2 lies below the floor in every lane.</summary>
    public static bool AddSquaresAndCompare(ReadOnlySpan<double> values, double bias, ReadOnlySpan<double> floors, Span<double> sums)
    {
        ref double from = ref MemoryMarshal.GetReference(values), target = ref MemoryMarshal.GetReference(sums), floor = ref MemoryMarshal.GetReference(floors);
        Vector256<double> low = Vector256.LoadUnsafe(ref target), high = Vector256.LoadUnsafe(ref target, 4);
        for (nuint at = 0; at < (nuint)values.Length; at += Count)
        {
            Vector256<double> x = Vector256.LoadUnsafe(ref from, at), y = Vector256.LoadUnsafe(ref from, at + 4);
            low = Vector256.FusedMultiplyAdd(x, x, low);
            high = Vector256.FusedMultiplyAdd(y, y, high);
        }
        low.StoreUnsafe(ref target);
        high.StoreUnsafe(ref target, 4);
        var half = Vector256.Create(-.5);
        Vector256<double> densityLow = Vector256.FusedMultiplyAdd(low, half, Vector256.Create(bias)), densityHigh = Vector256.FusedMultiplyAdd(high, half, Vector256.Create(bias));
        return Vector256.GreaterThanOrEqualAny(densityLow, Vector256.LoadUnsafe(ref floor)) || Vector256.GreaterThanOrEqualAny(densityHigh, Vector256.LoadUnsafe(ref floor, 4));
    }

    /// <summary>Turns sums of squares [8] into log densities bias - sum / 2.</summary>
    public static void ToLogDensities(Span<double> sums, double bias)
    {
        ref double target = ref MemoryMarshal.GetReference(sums);
        for (nuint half = 0; half < Count; half += 4)
        {
            Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref target, half), Vector256.Create(-.5), Vector256.Create(bias)).StoreUnsafe(ref target, half);
        }
    }

    /// <summary>best = max(best, densities); floors = best - margin.</summary>
    public static void Raise(ReadOnlySpan<double> densities, double margin, double[] best, double[] floors)
    {
        for (nuint half = 0; half < Count; half += 4)
        {
            var raised = Vector256.Max(Vector256.LoadUnsafe(in densities[0], half), Vector256.LoadUnsafe(ref best[0], half));
            raised.StoreUnsafe(ref best[0], half);
            (raised - Vector256.Create(margin)).StoreUnsafe(ref floors[0], half);
        }
    }

    /// <summary>Turns log densities [K,8] into probabilities, those below the floor into 0; <paramref name="sums"/> gets what they were divided by.</summary>
    public static void Normalize(Span<double> densities, ReadOnlySpan<double> best, ReadOnlySpan<double> floors, Span<double> sums)
    {
        for (nuint half = 0; half < Count; half += 4)
        {
            ref double from = ref MemoryMarshal.GetReference(densities);
            Vector256<double> largest = Vector256.LoadUnsafe(in best[0], half), floor = Vector256.LoadUnsafe(in floors[0], half), sum = default;
            for (nuint at = half; at < (nuint)densities.Length; at += Count)
            {
                Vector256<double> density = Vector256.LoadUnsafe(ref from, at), counts = Vector256.GreaterThanOrEqual(density, floor);
                Vector256<double> share = counts == default ? default : Vector256.Exp(density - largest) & counts;
                sum += share;
                share.StoreUnsafe(ref from, at);
            }
            sum.StoreUnsafe(ref sums[0], half);
            for (nuint at = half; at < (nuint)densities.Length; at += Count)
            {
                (Vector256.LoadUnsafe(ref from, at) / sum).StoreUnsafe(ref from, at);
            }
        }
    }
}
