using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Tells which rows may be nearer to some points than a given distance: of eight rows side by side, squared distances in float32, with a
/// bound of their rounding. Rows that it leaves out are certain to be no nearer, also as <see cref="Kernels.VectorKernels.Dot(
/// ReadOnlySpan{float}, ReadOnlySpan{float})"/> computes them.
/// </summary>
sealed class NearerScreen
{
    /// <summary>Rows that are searched together.</summary>
    public const int Lanes = 8;

    // Points that are met together: eight sums keep two multipliers busy.
    const int Group = 8;

    // Of each column the numbers of a group's points, [C/8,D,8]; and the points' squared lengths, [C padded].
    readonly float[] points, norms;
    readonly int width;
    readonly float share, least;

    /// <param name="points">Points [C,D], at most 32.</param>
    /// <param name="norms">Their squared lengths, [C].</param>
    /// <param name="width">D.</param>
    public NearerScreen(float[] points, float[] norms, int width)
    {
        int padded = (norms.Length + Group - 1) / Group * Group;
        (this.width, this.points, this.norms) = (width, new float[padded * width], new float[padded]);
        norms.CopyTo(this.norms, 0);
        for (int i = 0; i < points.Length; i++)
        {
            int point = i / width;
            this.points[(point / Group * width + i % width) * Group + point % Group] = points[i];
        }
        // A product of D terms is off by at most D 2^-24 |x||c| in any order of additions (Higham 2002, section 3.1), and |x||c| by half
        // the sum of the squared lengths: twice two such errors, and as much again for what follows. Below the normal numbers nothing is
        // certain.
        share = 1 - (width + 8) * MathF.Pow(2, -22);
        least = (width + 8) * MathF.Pow(2, -126);
    }

    /// <summary>The points that each of eight rows may be nearer to, one bit each.</summary>
    /// <param name="columns">The rows side by side, [D,8].</param>
    /// <param name="rowNorms">Their squared lengths.</param>
    /// <param name="squares">The squared distance of each row that a point must be below.</param>
    /// <param name="near">Gets the bits, [8]; those beyond the points mean nothing.</param>
    public void Find(ReadOnlySpan<float> columns, Vector256<float> rowNorms, Vector256<float> squares, Span<uint> near)
    {
        near.Clear();
        squares += Vector256.Create(least);
        for (int first = 0; first < norms.Length; first += Group)
        {
            Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
            ref float row = ref MemoryMarshal.GetReference(columns), point = ref points[first * width];
            for (int column = 0; column < width; column++)
            {
                Vector256<float> x = Vector256.LoadUnsafe(ref row, (nuint)(column * Lanes));
                ref float own = ref Unsafe.Add(ref point, column * Group);
                a = Add(x, ref own, 0, a);
                b = Add(x, ref own, 1, b);
                c = Add(x, ref own, 2, c);
                d = Add(x, ref own, 3, d);
                e = Add(x, ref own, 4, e);
                f = Add(x, ref own, 5, f);
                g = Add(x, ref own, 6, g);
                h = Add(x, ref own, 7, h);
            }
            Mark(first, a, rowNorms, squares, near);
            Mark(first + 1, b, rowNorms, squares, near);
            Mark(first + 2, c, rowNorms, squares, near);
            Mark(first + 3, d, rowNorms, squares, near);
            Mark(first + 4, e, rowNorms, squares, near);
            Mark(first + 5, f, rowNorms, squares, near);
            Mark(first + 6, g, rowNorms, squares, near);
            Mark(first + 7, h, rowNorms, squares, near);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Add(Vector256<float> x, ref float points, nuint at, Vector256<float> sum) => Vector256.FusedMultiplyAdd(x,
        Vector256.Create(Unsafe.Add(ref points, at)), sum);

    // What is not a number may be nearer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Mark(int point, Vector256<float> product, Vector256<float> rowNorms, Vector256<float> squares, Span<uint> near)
    {
        Vector256<float> square = (rowNorms + Vector256.Create(norms[point])) * Vector256.Create(share) - Vector256.Create(2f) * product;
        uint rows = ~Vector256.GreaterThanOrEqual(square, squares).ExtractMostSignificantBits() & ((1u << Lanes) - 1);
        for (; rows != 0; rows &= rows - 1)
        {
            near[BitOperations.TrailingZeroCount(rows)] |= 1u << point;
        }
    }
}
