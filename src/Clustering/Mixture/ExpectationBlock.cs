using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// The E-step of up to 256 rows n: responsibility[k,n] = exp(d[k,n] - max_j d[j,n]) / sum_j exp(d[j,n] - max_j d[j,n]), with d the log
/// densities plus log weights (Bishop, equation 9.23). Rows lie in groups of eight side by side; responsibilities are [K, 256 + 8]
/// row-major, and a component that is negligible for all eight rows of a group is left out of it.
/// </summary>
sealed class ExpectationBlock(TransposedRows transposedRows, Component[] components)
{
    /// <summary>Rows of a block: as many as groups of eight have a bit of their own.</summary>
    public const int Size = Chunks.Size;

    // A responsibility below e^-32 (1e-14) of the largest counts as 0.
    const double Negligible = 32;

    const nuint Half = LogDensityKernel.RowCount / 2;

    // Not a power of two: the groups of all components would meet in few sets of the cache.
    const int Stride = Size + LogDensityKernel.RowCount;

    readonly AlignedBuffer scratch = new(transposedRows.BlockLength), responsibilities = new(components.Length * Stride),
        best = new(LogDensityKernel.RowCount);
    readonly uint[] groups = new uint[components.Length];
    readonly int[] active = new int[components.Length], visits = new int[components.Length];
    int activeCount, visit;

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
        for (int at = 0, group = 0; at < labels.Length; at += LogDensityKernel.RowCount, group++)
        {
            Densities(first + at, group, labels.Slice(at, LogDensityKernel.RowCount));
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

    // Log densities of the components that are not negligible in the group, and the largest of each row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Densities(int first, int group, Span<int> labels)
    {
        ref double transposed = ref transposedRows.Get(first, scratch);
        best.Span.Fill(double.NegativeInfinity);
        activeCount = 0;
        visit++;
        // The components that the rows had last come first: the others are measured against them.
        foreach (int label in labels)
        {
            Evaluate(label, group, ref transposed);
        }
        for (int k = 0; k < components.Length; k++)
        {
            Evaluate(k, group, ref transposed);
        }
    }

    void Evaluate(int k, int group, ref double transposed)
    {
        if (visits[k] == visit)
        {
            return;
        }
        visits[k] = visit;
        if (components[k].LogDensities(ref transposed, Negligible, ref best.First, ref Responsibilities(k, group)))
        {
            groups[k] |= 1u << group;
            active[activeCount++] = k;
        }
    }

    // Log densities become responsibilities; the log-likelihood of a row is the logarithm of their sum before it is divided out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Normalize(int group, ref int labels, ref double logLikelihoods)
    {
        for (nuint half = 0; half < LogDensityKernel.RowCount; half += Half)
        {
            Vector256<double> largest = Vector256.LoadUnsafe(ref best.First, half), label = Vector256.Create((double)int.MaxValue),
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
