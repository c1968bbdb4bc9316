using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// The E-step of up to 256 rows n: responsibility[k,n] = exp(d[k,n] - max_j d[j,n]) / sum_j exp(d[j,n] - max_j d[j,n]), with d the log
/// densities plus log weights (Bishop, equation 9.23). Rows lie in groups of eight side by side; responsibilities are [K, 256 + 8]
/// row-major, and a component that is negligible for all eight rows of a group is left out of it.
/// </summary>
sealed class ExpectationBlock
{
    /// <summary>Rows of a block: as many as groups of eight have a bit of their own.</summary>
    public const int Size = Chunks.Size;

    /// <summary>A responsibility below e^-32 (1e-14) of the largest counts as 0.</summary>
    public const double Negligible = 32;

    const nuint Half = LogDensityKernel.RowCount / 2;

    // Not a power of two: the groups of all components would meet in few sets of the cache.
    const int Stride = Size + LogDensityKernel.RowCount;

    readonly TransposedRows transposedRows;
    readonly Component[] components;
    readonly MarginalScreen? screen;
    readonly AlignedBuffer scratch, responsibilities, best;
    readonly Vector256<float>[] limits = new Vector256<float>[Size / LogDensityKernel.RowCount + 1];
    // Groups in which a component's densities are known, and of those the ones in which it is not negligible, one bit each.
    readonly uint[] known, groups;
    readonly int[] active;
    int activeCount;

    /// <param name="transposedRows">The rows.</param>
    /// <param name="components">The mixture.</param>
    /// <param name="screen">Tells negligible components before their densities are computed; null where that does not pay.</param>
    public ExpectationBlock(TransposedRows transposedRows, Component[] components, MarginalScreen? screen)
    {
        (this.transposedRows, this.components, this.screen) = (transposedRows, components, screen);
        scratch = new(transposedRows.BlockLength * (screen is null ? 1 : Size / LogDensityKernel.RowCount));
        (responsibilities, best) = (new(components.Length * Stride), new(Size));
        (known, groups, active) = (new uint[components.Length], new uint[components.Length], new int[components.Length]);
    }

    /// <summary>The groups in which a component is not negligible, one bit each.</summary>
    public uint Groups(int component) => groups[component];

    /// <summary>The responsibilities of a component in a group, [8]; they mean nothing where it has none.</summary>
    public ref double Responsibilities(int component, int group) =>
        ref Unsafe.Add(ref responsibilities.First, component * Stride + group * LogDensityKernel.RowCount);

    /// <summary>Computes the rows from <paramref name="first"/> on.</summary>
    /// <param name="first">A multiple of eight.</param>
    /// <param name="labels">
    /// The component that each row had last; gets the one of the largest responsibility, ties go to the lower index. Length a multiple of
    /// eight, at most 256.
    /// </param>
    /// <param name="logLikelihoods">Gets the log-likelihood of each row.</param>
    public void Run(int first, Span<int> labels, Span<double> logLikelihoods)
    {
        Array.Clear(groups);
        Array.Clear(known);
        best.Span.Fill(double.NegativeInfinity);
        if (screen is not null)
        {
            DensitiesScreened(first, labels);
        }
        for (int at = 0, group = 0; at < labels.Length; at += LogDensityKernel.RowCount, group++)
        {
            Span<int> own = labels.Slice(at, LogDensityKernel.RowCount);
            if (screen is null)
            {
                Densities(group, ref transposedRows.Get(first + at, scratch.Span), own);
            }
            ListActive(group, own);
            Normalize(group, ref labels[at], ref logLikelihoods[at]);
            ClearFrom(group, transposedRows.RowCount - first - at);
        }
    }

    // No component is responsible for rows that only pad the last group.
    void ClearFrom(int group, int lane)
    {
        for (; lane < LogDensityKernel.RowCount; lane++)
        {
            foreach (int k in active.AsSpan(0, activeCount))
            {
                Unsafe.Add(ref Responsibilities(k, group), lane) = 0;
            }
        }
    }

    // Log densities of the components that are not negligible in the group, and the largest of each row. The components that the rows had
    // last come first: the others are measured against them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Densities(int group, ref double transposed, Span<int> labels)
    {
        foreach (int label in labels)
        {
            Evaluate(label, group, ref transposed);
        }
        for (int k = 0; k < components.Length; k++)
        {
            Evaluate(k, group, ref transposed);
        }
    }

    // The same of all groups, component by component, so that a factor stays in the first-level cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void DensitiesScreened(int first, Span<int> labels)
    {
        int groupCount = labels.Length / LogDensityKernel.RowCount, length = transposedRows.BlockLength;
        for (int group = 0; group < groupCount; group++)
        {
            int at = group * LogDensityKernel.RowCount;
            ref double transposed = ref transposedRows.Get(first + at, scratch.Span.Slice(group * length, length));
            foreach (int label in labels.Slice(at, LogDensityKernel.RowCount))
            {
                Evaluate(label, group, ref transposed);
            }
            limits[group] = MarginalScreen.Limits(best.Span.Slice(at, LogDensityKernel.RowCount));
        }
        for (int k = 0; k < components.Length; k++)
        {
            for (int group = 0; group < groupCount; group += 2)
            {
                uint left = screen!.MayMatter(k, first + group * LogDensityKernel.RowCount, limits[group], limits[group + 1]);
                for (int own = group; left != 0 && own < groupCount; own++, left >>= 1)
                {
                    if ((left & 1) != 0)
                    {
                        Evaluate(k, own, ref scratch.Span[own * length]);
                    }
                }
            }
        }
    }

    void Evaluate(int k, int group, ref double transposed)
    {
        uint bit = 1u << group;
        if ((known[k] & bit) != 0)
        {
            return;
        }
        known[k] |= bit;
        if (components[k].LogDensities(ref transposed, Negligible, ref Best(group), ref Responsibilities(k, group)))
        {
            groups[k] |= bit;
        }
    }

    ref double Best(int group) => ref Unsafe.Add(ref best.First, group * LogDensityKernel.RowCount);

    // The components of a group in the order in which they are added: those that the rows had last, then the others.
    void ListActive(int group, Span<int> labels)
    {
        activeCount = 0;
        uint bit = 1u << group;
        for (int lane = 0; lane < labels.Length; lane++)
        {
            if ((groups[labels[lane]] & bit) != 0 && labels[..lane].IndexOf(labels[lane]) < 0)
            {
                active[activeCount++] = labels[lane];
            }
        }
        int first = activeCount;
        for (int k = 0; k < components.Length; k++)
        {
            if ((groups[k] & bit) != 0 && !active.AsSpan(0, first).Contains(k))
            {
                active[activeCount++] = k;
            }
        }
    }

    // Log densities become responsibilities; the log-likelihood of a row is the logarithm of their sum before it is divided out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Normalize(int group, ref int labels, ref double logLikelihoods)
    {
        for (nuint half = 0; half < LogDensityKernel.RowCount; half += Half)
        {
            Vector256<double> largest = Vector256.LoadUnsafe(ref Best(group), half), label = Vector256.Create((double)int.MaxValue),
                sum = default;
            foreach (int k in active.AsSpan(0, activeCount))
            {
                ref double own = ref Responsibilities(k, group);
                Vector256<double> density = Vector256.LoadUnsafe(ref own, half) - largest;
                Vector256<double> responsibility =
                    SmallExp(Vector256.MaxNative(density, Vector256.Create(-Negligible))) & Vector256.GreaterThan(density,
                    Vector256.Create(-Negligible));
                label = Vector256.MinNative(label, Vector256.ConditionalSelect(Vector256.Equals(density, default),
                    Vector256.Create((double)k), label));
                sum += responsibility;
                responsibility.StoreUnsafe(ref own, half);
            }
            Vector256<double> scale = Vector256<double>.One / sum;
            foreach (int k in active.AsSpan(0, activeCount))
            {
                ref double own = ref Responsibilities(k, group);
                (Vector256.LoadUnsafe(ref own, half) * scale).StoreUnsafe(ref own, half);
            }
            (largest + Vector256.Log(sum)).StoreUnsafe(ref logLikelihoods, half);
            Vector256.Narrow(Vector256.ConvertToInt64(label), default).GetLower().StoreUnsafe(ref labels, half);
        }
    }

    /// <summary>
    /// exp of numbers in [-700..0]: 2^n e^r with |r| at most ln 2 / 2, by the series of e^r to r^12 / 12!, whose rest is below the
    /// rounding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> SmallExp(Vector256<double> x)
    {
        // Adding it rounds to whole numbers, which then stand in the last bits.
        const double shifter = 6755399441055744; // 1.5 * 2^52
        Vector256<double> shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(1.4426950408889634), Vector256.Create(shifter)),
        n = shifted - Vector256.Create(shifter);
        // ln 2 in two parts: the product with the first is exact.
        Vector256<double> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-6.93147180369123816490e-01), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-1.90821492927058770002e-10), r);
        // Estrin's scheme: short chains.
        Vector256<double> r2 = r * r, r4 = r2 * r2;
        Vector256<double> a = Pair(r, 1, 1), b = Pair(r, 1.0 / 2, 1.0 / 6), c = Pair(r, 1.0 / 24, 1.0 / 120),
            d = Pair(r, 1.0 / 720, 1.0 / 5040);
        Vector256<double> e = Pair(r, 1.0 / 40320, 1.0 / 362880),
            f = Vector256.FusedMultiplyAdd(r2, Vector256.Create(1.0 / 479001600), Pair(r, 1.0 / 3628800, 1.0 / 39916800));
        Vector256<double> low = Vector256.FusedMultiplyAdd(r2, b, a), middle = Vector256.FusedMultiplyAdd(r2, d, c),
            high = Vector256.FusedMultiplyAdd(r2, f, e);
        Vector256<double> power = Vector256.FusedMultiplyAdd(r4, Vector256.FusedMultiplyAdd(r4, high, middle), low);
        return (power.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Pair(Vector256<double> r, double constant, double linear) =>
        Vector256.FusedMultiplyAdd(r, Vector256.Create(linear), Vector256.Create(constant));
}
