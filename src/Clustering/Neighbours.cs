namespace Toolchain.Clustering;

/// <summary>Exact nearest neighbours by blocks of inner products; the same result at any thread count.</summary>
public static class Neighbours
{
    const int BlockBytes = 128 * 1024;

    /// <summary>The <paramref name="count"/> rows of <paramref name="base"/> with the largest cosine similarity to each query, most similar first.</summary>
    /// <param name="queries">Rows [Q,D]; not required to have unit length.</param>
    /// <param name="base">Rows [N,D].</param>
    /// <param name="count">Neighbours per query, in [1..N].</param>
    /// <param name="threads">Threads; 0 takes all processors.</param>
    /// <returns>Indices [Q,count] and their cosines [Q,count], in [-1..1]; ties go to the lower index.</returns>
    public static (int[] Indices, float[] Similarities) Cosine(Rows queries, Rows @base, int count, int threads = 0)
    {
        if (queries.Width != @base.Width)
        {
            throw new ArgumentException($"'{nameof(queries)}' must have width {@base.Width}, was {queries.Width}.", nameof(queries));
        }
        if (count < 1 || count > @base.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"'{nameof(count)}' must be in [1..{@base.Count}], was {count}.");
        }
        (float[] query, float[] known) = (Unit(queries), Unit(@base));
        var indices = new int[queries.Count * count];
        var similarities = new float[queries.Count * count];
        // A block of the base stays in the second-level cache while a chunk of queries passes over it.
        int block = Math.Max(16, BlockBytes / (sizeof(float) * @base.Width) / 4 * 4);
        Chunks.ForEach(queries.Count, threads, (_, first, end) =>
        {
            var products = new float[(end - first) * block];
            var sizes = new int[end - first];
            for (int start = 0; start < @base.Count; start += block)
            {
                int length = Math.Min(block, @base.Count - start);
                Kernels.Products(query.AsSpan(first * queries.Width, (end - first) * queries.Width), known.AsSpan(start * queries.Width, length * queries.Width), queries.Width, products);
                for (int row = first; row < end; row++)
                {
                    var top = new TopList(indices.AsSpan(row * count, count), similarities.AsSpan(row * count, count), ref sizes[row - first]);
                    ReadOnlySpan<float> own = products.AsSpan((row - first) * length, length);
                    for (int i = 0; i < length; i++)
                    {
                        top.Offer(start + i, own[i]);
                    }
                }
            }
        });
        return (indices, similarities);
    }

    static float[] Unit(Rows rows)
    {
        float[] values = rows.Values.ToArray();
        for (int row = 0; row < rows.Count; row++)
        {
            Span<float> own = values.AsSpan(row * rows.Width, rows.Width);
            float scale = 1 / MathF.Max(1e-12f, MathF.Sqrt(Kernels.Dot(own, own)));
            foreach (ref float value in own)
            {
                value *= scale;
            }
        }
        return values;
    }

    /// <summary>The largest scores so far, falling, filled by insertion: lists are short and most offers fail the first comparison.</summary>
    ref struct TopList(Span<int> indices, Span<float> scores, ref int size)
    {
        readonly Span<int> indices = indices;
        readonly Span<float> scores = scores;
        readonly ref int size = ref size;

        public void Offer(int index, float score)
        {
            if (size == scores.Length && !(score > scores[^1]))
            {
                return;
            }
            int at = size < scores.Length ? size++ : size - 1;
            for (; at > 0 && score > scores[at - 1]; at--)
            {
                (scores[at], indices[at]) = (scores[at - 1], indices[at - 1]);
            }
            (scores[at], indices[at]) = (score, index);
        }
    }
}
