using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>The expectation pass: probabilities of the components for each row, normalised in log space.</summary>
static class Expectation
{
    // Rows are turned so that a vector holds one column of several rows; a lane never mixes rows, so results do not depend on the tile.
    const int Lanes = 8;

    /// <summary>Fills <paramref name="probabilities"/> [N,K] and returns the log-likelihood of all rows, added chunk by chunk.</summary>
    public static double Run(Rows rows, Component[] components, double[] probabilities, int threads)
    {
        var sums = new double[Chunks.Count(rows.Count)];
        Chunks.ForEach(rows.Count, threads, (chunk, first, end) =>
        {
            var turned = new double[rows.Width * Lanes];
            var centred = new double[rows.Width * Lanes];
            var distances = new double[Lanes];
            for (int start = first; start < end; start += Lanes)
            {
                int count = Math.Min(Lanes, end - start);
                Turn(rows, start, count, turned);
                for (int k = 0; k < components.Length; k++)
                {
                    Centre(turned, components[k].Mean, centred);
                    Mahalanobis(centred, components[k].PrecisionFactor, rows.Width, distances);
                    for (int lane = 0; lane < count; lane++)
                    {
                        probabilities[(long)(start + lane) * components.Length + k] = components[k].LogBias - distances[lane] / 2;
                    }
                }
                for (int row = start; row < start + count; row++)
                {
                    sums[chunk] += Normalize(probabilities.AsSpan(row * components.Length, components.Length));
                }
            }
        });
        return sums.Sum();
    }

    static void Turn(Rows rows, int start, int count, double[] turned)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            ReadOnlySpan<float> row = rows[start + Math.Min(lane, count - 1)];
            for (int column = 0; column < row.Length; column++)
            {
                turned[column * Lanes + lane] = row[column];
            }
        }
    }

    static void Centre(double[] turned, double[] mean, double[] centred)
    {
        ref double from = ref MemoryMarshal.GetArrayDataReference(turned), to = ref MemoryMarshal.GetArrayDataReference(centred);
        for (int column = 0; column < mean.Length; column++)
        {
            var shift = Vector256.Create(mean[column]);
            nuint at = (nuint)(column * Lanes);
            (Vector256.LoadUnsafe(ref from, at) - shift).StoreUnsafe(ref to, at);
            (Vector256.LoadUnsafe(ref from, at + 4) - shift).StoreUnsafe(ref to, at + 4);
        }
    }

    // |L^-1 d|^2 for eight rows at once, two outputs at a time: four sums share every loaded vector.
    static void Mahalanobis(double[] centred, double[] factor, int width, double[] distances)
    {
        ref double d = ref MemoryMarshal.GetArrayDataReference(centred), f = ref MemoryMarshal.GetArrayDataReference(factor);
        Vector256<double> low = default, high = default;
        int row = 0;
        for (; row + 1 < width; row += 2)
        {
            Vector256<double> a = default, b = default, c = default, e = default;
            nuint first = (nuint)(row * width), second = first + (nuint)width;
            // The second factor row is one longer; the first has a 0 there.
            for (nuint column = 0; column <= (nuint)row + 1; column++)
            {
                Vector256<double> x = Vector256.LoadUnsafe(ref d, column * Lanes), y = Vector256.LoadUnsafe(ref d, column * Lanes + 4);
                var upper = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref f, first + column));
                var under = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref f, second + column));
                a = Vector256.FusedMultiplyAdd(x, upper, a);
                b = Vector256.FusedMultiplyAdd(y, upper, b);
                c = Vector256.FusedMultiplyAdd(x, under, c);
                e = Vector256.FusedMultiplyAdd(y, under, e);
            }
            low = Vector256.FusedMultiplyAdd(c, c, Vector256.FusedMultiplyAdd(a, a, low));
            high = Vector256.FusedMultiplyAdd(e, e, Vector256.FusedMultiplyAdd(b, b, high));
        }
        if (row < width)
        {
            Vector256<double> a = default, b = default;
            for (nuint column = 0; column <= (nuint)row; column++)
            {
                var weight = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref f, (nuint)(row * width) + column));
                a = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref d, column * Lanes), weight, a);
                b = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref d, column * Lanes + 4), weight, b);
            }
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }
        low.CopyTo(distances);
        high.CopyTo(distances, 4);
    }

    // Turns log densities into probabilities; returns their log-sum-exp.
    static double Normalize(Span<double> row)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double value in row)
        {
            largest = Math.Max(largest, value);
        }
        for (int k = 0; k < row.Length; k++)
        {
            // Below e^-45 a term changes no bit of the sum.
            row[k] = row[k] - largest < -45 ? 0 : Math.Exp(row[k] - largest);
            sum += row[k];
        }
        for (int k = 0; k < row.Length; k++)
        {
            row[k] /= sum;
        }
        return largest + Math.Log(sum);
    }
}
