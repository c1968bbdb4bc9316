namespace Toolchain.Data.Embeddings;

/// <summary>Gathers rows into groups of one size, so that groups in a file do not depend on how rows came.</summary>
/// <param name="columns">The table's columns.</param>
/// <param name="write">Takes each full group, and at the end the rest.</param>
sealed class RowGroup(EmbeddingColumns columns, Action<EmbeddingRows> write)
{
    /// <summary>Rows in a group.</summary>
    public const int Size = 16_384;

    readonly string[] names = new string[Size];
    readonly float[] embeddings = new float[Size * columns.Dimension], probabilities = new float[Size * columns.ClusterCount],
        novelty = new float[columns.HasNovelty ? Size : 0];
    readonly int[] labels = new int[columns.HasLabels ? Size : 0];
    readonly long[] clusters = new long[columns.HasClusters ? Size : 0];
    int count;

    public void Add(EmbeddingRows rows)
    {
        for (int start = 0; start < rows.Count;)
        {
            int taken = Math.Min(rows.Count - start, Size - count);
            Copy(rows.Names, names, start, taken, 1);
            Copy(rows.Embeddings, embeddings, start, taken, columns.Dimension);
            Copy(rows.Labels, labels, start, taken, columns.HasLabels ? 1 : 0);
            Copy(rows.Clusters, clusters, start, taken, columns.HasClusters ? 1 : 0);
            Copy(rows.Probabilities, probabilities, start, taken, columns.ClusterCount);
            Copy(rows.Novelty, novelty, start, taken, columns.HasNovelty ? 1 : 0);
            (start, count) = (start + taken, count + taken);
            if (count == Size)
            {
                Flush();
            }
        }
    }

    public void Flush()
    {
        if (count > 0)
        {
            write(new(names.AsMemory(0, count), embeddings.AsMemory(0, count * columns.Dimension),
                labels.AsMemory(0, columns.HasLabels ? count : 0),
                clusters.AsMemory(0, columns.HasClusters ? count : 0), probabilities.AsMemory(0, count * columns.ClusterCount),
                novelty.AsMemory(0, columns.HasNovelty ? count : 0)));
            count = 0;
        }
    }

    void Copy<T>(ReadOnlyMemory<T> from, T[] to, int start, int taken, int width) =>
        from.Span.Slice(start * width, taken * width).CopyTo(to.AsSpan(count * width));
}
