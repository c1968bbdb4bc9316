namespace Toolchain.Data.Embeddings;

/// <summary>
/// Embeddings of N images, with what belongs to each row. Checked once, here. Those of a large file stay there; disposing lets it go.
/// </summary>
public sealed class EmbeddingTable : IDisposable
{
    /// <summary>Largest magnitude of a value that work is done with: above it, sums of squares leave the range of float32.</summary>
    public const float LargestMagnitude = 1e15f;

    /// <summary>Takes the arrays as they are, without a copy.</summary>
    /// <param name="names">N names, such as file names.</param>
    /// <param name="embeddings">N * D values, row after row.</param>
    /// <param name="labels">N classes, or null.</param>
    /// <param name="clusters">N clusters, or null.</param>
    /// <param name="probabilities">N * K probabilities of the clusters, row after row, or null.</param>
    /// <exception cref="ArgumentException">There are no rows, or lengths disagree.</exception>
    public EmbeddingTable(string[] names, float[] embeddings, int[]? labels = null, long[]? clusters = null, float[]? probabilities = null)
        : this(names, new ReadOnlyMemory<float>(embeddings ?? throw new ArgumentNullException(nameof(embeddings))), labels, clusters,
            probabilities)
    {
    }

    internal EmbeddingTable(IReadOnlyList<string> names, ReadOnlyMemory<float> embeddings, int[]? labels, long[]? clusters,
        float[]? probabilities = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
        {
            throw new ArgumentException($"'{nameof(names)}' must have at least one row, had none.", nameof(names));
        }
        Names = names;
        Embeddings = embeddings;
        Labels = labels;
        Clusters = clusters;
        Probabilities = probabilities;
        Dimension = Columns(embeddings.Length, nameof(embeddings));
        ClusterCount = probabilities is null ? 0 : Columns(probabilities.Length, nameof(probabilities));
        RequireRows(labels?.Length, nameof(labels));
        RequireRows(clusters?.Length, nameof(clusters));
    }

    /// <summary>N names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>N * D values, row after row.</summary>
    public ReadOnlyMemory<float> Embeddings { get; }

    /// <summary>D.</summary>
    public int Dimension { get; }

    /// <summary>N classes, or null.</summary>
    public int[]? Labels { get; }

    /// <summary>N clusters, or null.</summary>
    public long[]? Clusters { get; }

    /// <summary>N * K probabilities, or null.</summary>
    public float[]? Probabilities { get; }

    /// <summary>K, or 0 where there are no probabilities.</summary>
    public int ClusterCount { get; }

    /// <summary>N.</summary>
    public int Count => Names.Count;

    /// <summary>What holds the embeddings; null for memory.</summary>
    internal IDisposable? Owner { get; init; }

    /// <summary>Lets the file go; <see cref="Embeddings"/> must not be read any more.</summary>
    public void Dispose() => Owner?.Dispose();

    int Columns(int length, string parameter) =>
        length > 0 && length % Names.Count == 0 ? length / Names.Count
            : throw new ArgumentException($"'{parameter}' must hold a whole number of columns for {Names.Count} rows, held {length} "
                + "values.", parameter);

    void RequireRows(int? length, string parameter)
    {
        if (length is { } found && found != Names.Count)
        {
            throw new ArgumentException($"'{parameter}' must have one entry for each of the {Names.Count} rows, had {found}.", parameter);
        }
    }
}
