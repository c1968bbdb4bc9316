using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data.Embeddings;
using Toolchain.Inference;

namespace Toolchain.Commands;

/// <summary>Embeddings that a command reads from a file of <c>uvl embed</c>.</summary>
public static class VectorFile
{
    /// <summary>The table, and its embeddings as rows.</summary>
    /// <param name="path">An .npy, .csv, .parquet or .arrow file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or a number is not finite or too large.</exception>
    public static (EmbeddingTable Table, Rows Rows) Read(string path)
    {
        EmbeddingTable table = EmbeddingFile.Read(path);
        return (table, Finite(table, path));
    }

    /// <summary>The embeddings of a table as rows.</summary>
    /// <inheritdoc cref="Read(string)"/>
    /// <param name="table">The table.</param>
    /// <param name="path">Where it was read from.</param>
    public static Rows Finite(EmbeddingTable table, string path) => Finite(table.Embeddings, table.Dimension, path);

    /// <summary>The rows of one of several equal ranges, of whole parts.</summary>
    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">An .npy, .csv, .parquet or .arrow file; where there is none, its shards are read.</param>
    /// <param name="shard">Which range.</param>
    /// <returns>The rows, which are not read yet, and the index of the first.</returns>
    public static (EmbeddingRange Range, long First) Read(string path, Shard shard)
    {
        long from = 0;
        (long, long) Choose(long rows)
        {
            long parts = (rows + IRanks.PartRows - 1) / IRanks.PartRows;
            from = Math.Min(rows, parts * shard.Index / shard.Count * IRanks.PartRows);
            return (from, Math.Min(rows, parts * (shard.Index + 1) / shard.Count * IRanks.PartRows));
        }

        EmbeddingRange range = !File.Exists(path) && ShardMerge.Exist(path) ? ShardMerge.ReadRange(path, Choose)
            : EmbeddingRange.Read(path, Choose);
        return (range, from);
    }

    /// <summary>Numbers as rows.</summary>
    /// <inheritdoc cref="Read(string)"/>
    /// <param name="memory">The numbers.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="path">Where they were read from.</param>
    /// <param name="firstRow">Index of the first row there.</param>
    public static Rows Finite(ReadOnlyMemory<float> memory, int width, string path, long firstRow = 0)
    {
        ReadOnlySpan<float> values = memory.Span;
        int bad = 0;
        while (bad < values.Length && MathF.Abs(values[bad]) <= EmbeddingTable.LargestMagnitude)
        {
            bad++;
        }
        return bad == values.Length ? new Rows(memory, width)
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}': expected finite embeddings of at most {EmbeddingTable.LargestMagnitude:g} in magnitude, found {values[bad]} in "
                    + $"row {firstRow + bad / width}; embed the images again with a sound model."));
    }
}
