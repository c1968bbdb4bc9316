using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Scale.Bench;

/// <summary>What the machine can do at most, on all its processors at once; the best of several tries.</summary>
static class Roof
{
    const int Tries = 5, Steps = 20_000_000, Chains = 10;

    /// <summary>Float32 operations of fused multiply-adds in registers, 1e9 a second.</summary>
    public static double GigaFlops() => Best(() =>
    {
        Parallel.For(0, Environment.ProcessorCount, _ => GC.KeepAlive(Multiply()));
        return 2.0 * Vector256<float>.Count * Chains * Steps * Environment.ProcessorCount;
    });

    /// <summary>Bytes of <paramref name="values"/> read in order, 1e9 a second.</summary>
    public static double GigaBytes(ReadOnlyMemory<float> values) => Best(() =>
    {
        int part = values.Length / Environment.ProcessorCount;
        Parallel.For(0, Environment.ProcessorCount, i => GC.KeepAlive(Sum(values.Span.Slice(i * part, part))));
        return (double)part * Environment.ProcessorCount * sizeof(float);
    });

    static double Best(Func<double> work)
    {
        double best = 0;
        for (int i = 0; i < Tries; i++)
        {
            var clock = Stopwatch.StartNew();
            double done = work();
            best = Math.Max(best, done / clock.Elapsed.TotalSeconds / 1e9);
        }
        return best;
    }

    // Ten chains hide the time of each: two are begun at a time, and one takes four or five cycles.
    static float Multiply()
    {
        Vector256<float> a = default, b = default, c = default, d = default, e = default;
        Vector256<float> f = default, g = default, h = default, i = default, j = default;
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(0.001f));
        for (int step = 0; step < Steps; step++)
        {
            (a, b) = (Vector256.FusedMultiplyAdd(a, x, y), Vector256.FusedMultiplyAdd(b, x, y));
            (c, d) = (Vector256.FusedMultiplyAdd(c, x, y), Vector256.FusedMultiplyAdd(d, x, y));
            (e, f) = (Vector256.FusedMultiplyAdd(e, x, y), Vector256.FusedMultiplyAdd(f, x, y));
            (g, h) = (Vector256.FusedMultiplyAdd(g, x, y), Vector256.FusedMultiplyAdd(h, x, y));
            (i, j) = (Vector256.FusedMultiplyAdd(i, x, y), Vector256.FusedMultiplyAdd(j, x, y));
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    static float Sum(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> a = default, b = default, c = default, d = default;
        for (int i = 0; i + 4 <= vectors.Length; i += 4)
        {
            (a, b, c, d) = (a + vectors[i], b + vectors[i + 1], c + vectors[i + 2], d + vectors[i + 3]);
        }
        return Vector.Sum(a + b + c + d);
    }
}
