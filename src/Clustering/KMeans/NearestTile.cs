using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>The nearest of any number of centres, by products of matrices: six rows at a time with sixteen centres.</summary>
/// <param name="panels">The centres.</param>
/// <param name="norms">Their squared lengths, infinite for those that fill the last panel.</param>
sealed class NearestTile(Panels panels, float[] norms) : INearest
{
    const int Lanes = Panels.Columns, Rows = Tile<float>.Height;

    static readonly int half = Vector256<float>.Count;

    // Of each row and lane: the products with a panel, the least score so far, and its panel.
    readonly float[] products = new float[Rows * Lanes], least = new float[Rows * Lanes];
    readonly int[] nearest = new int[Rows * Lanes];

    /// <inheritdoc/>
    public int Height => Rows;

    /// <inheritdoc/>
    public void Search(ReadOnlySpan<float> rows, Span<int> found)
    {
        Array.Fill(least, float.PositiveInfinity);
        Array.Clear(nearest);
        for (int panel = 0; panel < panels.Count; panel++)
        {
            panels.Multiply(rows, panel, products, Lanes);
            Keep(panel);
        }
        for (int row = 0; row < found.Length; row++)
        {
            found[row] = First(row * Lanes);
        }
    }

    void Keep(int panel)
    {
        ref float product = ref MemoryMarshal.GetArrayDataReference(products), best = ref MemoryMarshal.GetArrayDataReference(least);
        ref int at = ref MemoryMarshal.GetArrayDataReference(nearest);
        Vector256<float> low = Vector256.LoadUnsafe(ref norms[panel * Lanes]), high = Vector256.LoadUnsafe(ref norms[panel * Lanes + half]);
        var index = Vector256.Create(panel);
        for (int i = 0; i < products.Length; i += Lanes)
        {
            Keep(ref Unsafe.Add(ref product, i), ref Unsafe.Add(ref best, i), ref Unsafe.Add(ref at, i), low, index);
            Keep(ref Unsafe.Add(ref product, i + half), ref Unsafe.Add(ref best, i + half), ref Unsafe.Add(ref at, i + half), high, index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Keep(ref float product, ref float best, ref int at, Vector256<float> norm, Vector256<int> index)
    {
        Vector256<float> known = Vector256.LoadUnsafe(ref best);
        Vector256<float> score = norm - Vector256.Create(2f) * Vector256.LoadUnsafe(ref product), less = Vector256.LessThan(score, known);
        Vector256.ConditionalSelect(less, score, known).StoreUnsafe(ref best);
        Vector256.ConditionalSelect(less.AsInt32(), index, Vector256.LoadUnsafe(ref at)).StoreUnsafe(ref at);
    }

    // The first centre of the least score among a row's lanes. Inlined, it is compiled well from its first call on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int First(int row)
    {
        Vector256<float> low = Vector256.LoadUnsafe(ref least[row]), high = Vector256.LoadUnsafe(ref least[row + half]);
        Vector256<float> score = Vector256.Create(Least(Vector256.Min(low, high)));
        Vector256<int> lanes = Vector256<int>.Indices, none = Vector256.Create(int.MaxValue), step = Vector256.Create(Lanes);
        Vector256<int> first = Vector256.LoadUnsafe(ref nearest[row]) * step + lanes;
        Vector256<int> second = Vector256.LoadUnsafe(ref nearest[row + half]) * step + lanes + Vector256.Create(half);
        return Least(Vector256.Min(Vector256.ConditionalSelect(Vector256.Equals(low, score).AsInt32(), first, none),
            Vector256.ConditionalSelect(Vector256.Equals(high, score).AsInt32(), second, none)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Least(Vector256<float> values)
    {
        Vector128<float> four = Vector128.Min(values.GetLower(), values.GetUpper());
        four = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Min(four[0], four[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Least(Vector256<int> values)
    {
        Vector128<int> four = Vector128.Min(values.GetLower(), values.GetUpper());
        four = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Min(four[0], four[1]);
    }
}
