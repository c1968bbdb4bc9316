using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>The largest cosines of rows of bytes: products are exact, and rounded once before they are divided by the lengths.</summary>
static class ByteCosines
{
    // Rows of the base that are held as panels at once.
    const int BlockRows = 1 << 18;

    /// <summary>The <paramref name="count"/> rows of <paramref name="base"/> with the largest cosine to each query.</summary>
    /// <param name="queries">Rows [Q,D] of a width that <see cref="BytePanels"/> can hold.</param>
    /// <param name="base">Rows [N,D].</param>
    /// <param name="count">Neighbours per query, in [1..N].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public static NeighbourTable Search(ByteRows queries, ByteRows @base, int count, int threads)
    {
        float[] scales = [.. InverseLengths(@base, threads), .. new float[BytePanels.Columns]];
        var lists = new TopLists(queries.Count, count, new float[@base.Count], 1);
        for (int from = 0; from < @base.Count; from += BlockRows)
        {
            int start = from, length = Math.Min(BlockRows, @base.Count - start);
            var panels = new BytePanels(@base, start, length, threads);
            Chunks.ForEach(queries.Count, threads, (_, first, end) =>
            {
                BytePair[][] rows = [.. Enumerable.Range(first, end - first).Select(row => BytePanels.PairsOf(queries, row))];
                Span<int> products = stackalloc int[BytePanels.Columns];
                Span<float> cosines = stackalloc float[BytePanels.Columns];
                for (int panel = 0; panel < panels.Count; panel++)
                {
                    int column = start + panel * BytePanels.Columns;
                    for (int row = first; row < end; row++)
                    {
                        panels.Multiply(rows[row - first], panel, products);
                        Scale(products, scales.AsSpan(column), cosines);
                        for (int at = 0; at < BytePanels.Columns && column + at < @base.Count; at += Panels.Columns)
                        {
                            lists.Offer(row, cosines.Slice(at, Panels.Columns), column + at, -1);
                        }
                    }
                }
            });
        }
        float[] own = InverseLengths(queries, threads);
        for (int i = 0; i < lists.Scores.Length; i++)
        {
            lists.Scores[i] *= own[i / count];
        }
        return new NeighbourTable(count, lists.Indices, lists.Scores);
    }

    static void Scale(ReadOnlySpan<int> products, ReadOnlySpan<float> scales, Span<float> scaled)
    {
        for (int i = 0; i < products.Length; i += Vector256<int>.Count)
        {
            (Vector256.ConvertToSingle(Vector256.Create(products[i..])) * Vector256.Create(scales[i..])).CopyTo(scaled[i..]);
        }
    }

    // Rows of zeros have cosine 0 to all.
    static float[] InverseLengths(ByteRows rows, int threads)
    {
        var inverse = new float[rows.Count];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                double square = ByteProducts.Square(rows.Values.Span.Slice(row * rows.Width, rows.Width));
                inverse[row] = (float)(1 / Math.Sqrt(Math.Max(1, square)));
            }
        });
        return inverse;
    }
}
