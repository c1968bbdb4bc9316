namespace Toolchain.Data;

/// <summary>Writes embeddings for other programs, in the format that the file's extension names.</summary>
public static class EmbeddingFile
{
    static readonly Dictionary<string, Action<string, EmbeddingTable>> Writers = new(StringComparer.OrdinalIgnoreCase)
    {
        [".npy"] = EmbeddingNpy.Write,
        [".csv"] = EmbeddingCsv.Write,
        [".parquet"] = EmbeddingParquet.Write,
        [".arrow"] = EmbeddingArrow.Write,
    };

    /// <summary>Checks the extension before work is put into embeddings.</summary>
    /// <exception cref="ArgumentException">The extension is none of .npy, .csv, .parquet, .arrow.</exception>
    public static void RequireFormat(string path) => _ = WriterOf(path);

    /// <summary>
    /// Writes one table, whole or not at all. `.npy`: float32 [N,D], and beside it names.txt, and .npy files of labels, clusters and probabilities,
    /// each called like the file with its own ending. `.csv`: filename, embedding_0.., then label, cluster, probability_0... `.parquet`: columns name,
    /// embedding (list of float), label, cluster, probability. `.arrow`: IPC file, the same columns with lists of fixed size.
    /// </summary>
    /// <exception cref="ArgumentException">The extension is none of the four.</exception>
    /// <exception cref="InvalidDataException">A name cannot be written in this format.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, EmbeddingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        WriterOf(path)(path, table);
    }

    static Action<string, EmbeddingTable> WriterOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Writers.TryGetValue(Path.GetExtension(path), out Action<string, EmbeddingTable>? write) ? write
            : throw new ArgumentException($"'{path}': expected an extension among {string.Join(' ', Writers.Keys)}, found '{Path.GetExtension(path)}'.", nameof(path));
    }
}
