namespace Toolchain.Data.Embeddings;

/// <summary>Embeddings of N images, with what belongs to each row. Checked once, here.</summary>
public sealed class EmbeddingTable
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
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(embeddings);
        if (names.Length == 0)
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
    public string[] Names { get; }

    /// <summary>N * D values, row after row.</summary>
    public float[] Embeddings { get; }

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
    public int Count => Names.Length;

    int Columns(int length, string parameter) =>
        length > 0 && length % Names.Length == 0 ? length / Names.Length
            : throw new ArgumentException($"'{parameter}' must hold a whole number of columns for {Names.Length} rows, held {length} "
                + "values.", parameter);

    void RequireRows(int? length, string parameter)
    {
        if (length is { } found && found != Names.Length)
        {
            throw new ArgumentException($"'{parameter}' must have one entry for each of the {Names.Length} rows, had {found}.", parameter);
        }
    }
}
