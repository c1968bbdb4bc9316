using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data.Embeddings;

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
    /// <inheritdoc cref="Read"/>
    /// <param name="table">The table.</param>
    /// <param name="path">Where it was read from.</param>
    public static Rows Finite(EmbeddingTable table, string path)
    {
        ReadOnlySpan<float> values = table.Embeddings.Span;
        int bad = 0;
        while (bad < values.Length && MathF.Abs(values[bad]) <= EmbeddingTable.LargestMagnitude)
        {
            bad++;
        }
        return bad == values.Length ? new Rows(table.Embeddings, table.Dimension)
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}': expected finite embeddings of at most {EmbeddingTable.LargestMagnitude:g} in magnitude, found {values[bad]} in "
                    + $"row {bad / table.Dimension}; embed the images again with a sound model."));
    }
}
