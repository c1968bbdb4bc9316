namespace Toolchain.Data.Embeddings;

/// <summary>Writes embeddings for other programs, in the format that the file's extension names.</summary>
public static class EmbeddingFile
{
    static readonly Dictionary<string, Func<string, EmbeddingColumns, EmbeddingWriter>> Writers = new(StringComparer.OrdinalIgnoreCase)
    {
        [".npy"] = (path, columns) => new EmbeddingNpy(path, columns),
        [".csv"] = (path, columns) => new EmbeddingCsv(path, columns),
        [".parquet"] = (path, columns) => new EmbeddingParquet(path, columns),
        [".arrow"] = (path, columns) => new EmbeddingArrow(path, columns),
    };

    /// <summary>Checks the extension before work is put into embeddings.</summary>
    /// <exception cref="ArgumentException">The extension is none of .npy, .csv, .parquet, .arrow.</exception>
    public static void RequireFormat(string path) => _ = WriterOf(path);

    /// <summary>The files that writing a table replaces or takes away: itself, and of an .npy what belongs beside it.</summary>
    public static string[] FilesOf(string path) =>
        [path, .. Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? EmbeddingNpy.Beside(path) : []];

    /// <summary>Starts a file. Missing folders are made.</summary>
    /// <param name="path">
    /// `.npy`: float32 [N,D], and beside it names.txt, and .npy files of labels, clusters, digits, novelty and probabilities, each called
    /// like the file with its own ending. `.csv`: name, embedding_0.., then label, cluster, digit, novelty, probability_0... `.parquet`:
    /// columns name, embedding (list of float), label, cluster, digit, novelty, probability. `.arrow`: IPC file, the same columns with
    /// lists of fixed size.
    /// </param>
    /// <param name="columns">What is written beside the name.</param>
    /// <exception cref="ArgumentException">The extension is none of the four, or there are no columns.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static EmbeddingWriter Create(string path, EmbeddingColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return columns is { Dimension: 0, HasClusters: false }
            ? throw new ArgumentException("a table needs embeddings or clusters, was to have neither.", nameof(columns))
            : WriterOf(path)(path, columns);
    }

    /// <summary>
    /// Reads a table that <see cref="Create"/> wrote, told by its first bytes: embeddings, labels and clusters, of an .npy those beside it.
    /// Names come from CSV alone; elsewhere they are row numbers. Embeddings of more than 256 MB do not come into memory: an .npy is
    /// mapped, other formats through a file in the folder for temporary files. They must not be changed meanwhile.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, or holds no embeddings, or more than 2^31 numbers.
    /// </exception>
    public static EmbeddingTable Read(string path) => EmbeddingReader.Read(path);

    /// <summary>Whether a path ends as one of the formats does.</summary>
    public static bool HasFormat(string path) => Writers.ContainsKey(Path.GetExtension(path));

    /// <summary>Writes one table, whole or not at all, as <see cref="Create"/> says.</summary>
    /// <exception cref="ArgumentException">The extension is none of the four.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, EmbeddingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        using EmbeddingWriter writer =
            Create(path, new(table.Dimension, table.Labels is not null, table.Clusters is not null, table.ClusterCount)
            {
                HasWideLabels = table.Labels?.Max() > byte.MaxValue,
            });
        writer.Write(new(table.Names.ToArray(), table.Embeddings, table.Labels, table.Clusters, table.Probabilities));
        writer.Finish();
    }

    static Func<string, EmbeddingColumns, EmbeddingWriter> WriterOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Writers.TryGetValue(Path.GetExtension(path), out Func<string, EmbeddingColumns, EmbeddingWriter>? write) ? write
            : throw new ArgumentException($"'{path}': expected an extension among {string.Join(' ', Writers.Keys)}, found "
                + $"'{Path.GetExtension(path)}'.", nameof(path));
    }
}
