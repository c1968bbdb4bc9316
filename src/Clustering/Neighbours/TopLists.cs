using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// The largest scores of each query so far, in falling order, kept by insertion: lists are short, and most scores are below the last of the
/// list, which two vector comparisons tell of sixteen scores.
/// </summary>
sealed class TopLists
{
    readonly int count;
    readonly float[] offsets;
    readonly float factor;

    public TopLists(int queryCount, int count, float[] offsets, float factor)
    {
        (this.count, this.factor) = (count, factor);
        // Columns that only fill the last panel never win.
        this.offsets = new float[(offsets.Length + Panels.Columns - 1) / Panels.Columns * Panels.Columns];
        Array.Fill(this.offsets, float.PositiveInfinity);
        offsets.CopyTo(this.offsets, 0);
        Indices = new int[queryCount * count];
        Scores = new float[queryCount * count];
        Array.Fill(Scores, float.NegativeInfinity);
    }

    TopLists(TopLists other)
    {
        (count, factor, offsets) = (other.count, other.factor, other.offsets);
        (Indices, Scores) = ([.. other.Indices], [.. other.Scores]);
    }

    /// <summary>Index of the row of each score, [Q,count].</summary>
    public int[] Indices { get; }

    /// <summary>The scores, [Q,count]; negative infinity where fewer were offered.</summary>
    public float[] Scores { get; }

    /// <summary>Scores per query.</summary>
    public int Count => count;

    /// <summary>Indices of a query's scores.</summary>
    public ReadOnlySpan<int> Of(int query) => Indices.AsSpan(query * count, count);

    /// <summary>The last score of a query.</summary>
    public float Least(int query) => Scores[query * count + count - 1];

    /// <summary>Whether a query was offered enough scores.</summary>
    public bool IsFull(int query) => Least(query) > float.NegativeInfinity;

    /// <summary>Forgets a query's scores.</summary>
    public void Clear(int query) => Scores.AsSpan(query * count, count).Fill(float.NegativeInfinity);

    /// <summary>The same lists in memory of their own.</summary>
    public TopLists Copy() => new(this);

    /// <summary>Offers a query one score.</summary>
    public void Offer(int query, int index, float score) =>
        Insert(Scores.AsSpan(query * count, count), Indices.AsSpan(query * count, count), index, score);

    /// <summary>Offers a query the scores factor * product - offset of a panel's columns.</summary>
    /// <param name="query">The query.</param>
    /// <param name="products">Its products with the columns.</param>
    /// <param name="firstColumn">Index of the first column.</param>
    /// <param name="self">The column that is left out, such as the query's own; -1 for none.</param>
    public void Offer(int query, Span<float> products, int firstColumn, int self)
    {
        Span<float> scores = Scores.AsSpan(query * count, count);
        ref float product = ref MemoryMarshal.GetReference(products);
        ref float offset = ref offsets[firstColumn];
        var least = Vector256.Create(scores[^1]);
        var scale = Vector256.Create(factor);
        Vector256<float> low = Vector256.LoadUnsafe(ref product) * scale - Vector256.LoadUnsafe(ref offset);
        Vector256<float> high = Vector256.LoadUnsafe(ref product, 8) * scale - Vector256.LoadUnsafe(ref offset, 8);
        uint better = Vector256.GreaterThanOrEqual(low, least).ExtractMostSignificantBits()
            | Vector256.GreaterThanOrEqual(high, least).ExtractMostSignificantBits() << 8;
        if (better == 0)
        {
            return;
        }
        low.StoreUnsafe(ref product);
        high.StoreUnsafe(ref product, 8);
        for (; better != 0; better &= better - 1)
        {
            int lane = BitOperations.TrailingZeroCount(better);
            if (firstColumn + lane != self)
            {
                Insert(scores, Indices.AsSpan(query * count, count), firstColumn + lane, products[lane]);
            }
        }
    }

    static void Insert(Span<float> scores, Span<int> indices, int index, float score)
    {
        if (!Precedes(score, index, scores[^1], indices[^1]))
        {
            return;
        }
        int at = 0;
        for (int end = scores.Length - 1; at < end;)
        {
            int middle = (at + end) / 2;
            (at, end) = Precedes(score, index, scores[middle], indices[middle]) ? (at, middle) : (middle + 1, end);
        }
        scores[at..^1].CopyTo(scores[(at + 1)..]);
        indices[at..^1].CopyTo(indices[(at + 1)..]);
        (scores[at], indices[at]) = (score, index);
    }

    // The larger score, of equal ones the lower index, in whatever order they are offered.
    static bool Precedes(float score, int index, float otherScore, int otherIndex) =>
        score > otherScore || (score == otherScore && index < otherIndex);
}
