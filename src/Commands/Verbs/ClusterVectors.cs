using System.CommandLine;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;

namespace Toolchain.Commands.Verbs;

/// <summary>How vectors are clustered.</summary>
/// <param name="Method">k-means or a mixture.</param>
/// <param name="Count">Number of clusters; null for as many as there are classes, or 10.</param>
/// <param name="Factory">Seed, threads and cancellation of the fit.</param>
sealed record VectorFit(ClusterMethod Method, int? Count, ClustererFactory Factory);

/// <summary><c>uvl cluster VECTORS.npy --k 10 --out clusters.csv</c>: clusters of embeddings without a model.</summary>
static class ClusterVectors
{
    // Rows that are written at a time.
    const int Batch = 1 << 16;

    /// <summary>Requires that no option of images was given.</summary>
    /// <exception cref="ArgumentException">One was, or the output is no table.</exception>
    public static void Require(ParseResult parsed, string vectors, string output, params Option[] ofImages)
    {
        if (Array.Find(ofImages, option => parsed.GetResult(option) is { Implicit: false }) is Option given)
        {
            throw new ArgumentException($"{given.Name}: expected with a model, found the embeddings '{vectors}'; leave it out.");
        }
        if (!EmbeddingFile.HasFormat(output))
        {
            throw new ArgumentException($"--out '{output}': expected a table of clusters (.npy, .csv, .parquet, .arrow) for the embeddings "
                + $"'{vectors}', found '{Path.GetExtension(output)}'; a fused model needs an encoder.");
        }
        CommonOptions.RequireApart(output, EmbeddingFile.FilesOf(output), EmbeddingFile.FilesOf(vectors));
    }

    /// <summary>Fits clusters on the embeddings and writes the cluster of each to a table.</summary>
    /// <param name="terminal">Receives the result.</param>
    /// <param name="vectors">The embeddings.</param>
    /// <param name="output">The table.</param>
    /// <param name="fit">How.</param>
    public static void Run(Terminal terminal, string vectors, string output, VectorFit fit)
    {
        (ClusterMethod method, int? asked, ClustererFactory factory) = fit;
        (EmbeddingTable table, Rows rows) = VectorFile.Read(vectors);
        using EmbeddingTable held = table;
        int count = asked ?? table.Labels?.Distinct().Count() ?? 10;
        if (count > table.Count)
        {
            throw new ArgumentException($"--k {(asked is null ? $"({count} by default)" : $"'{count}'")}: expected at most {table.Count}, "
                + $"the number of embeddings.");
        }
        FittedHead? fitted = null;
        terminal.WithProgress("clustering", 0, "", _ => fitted = FittedHead.Fit(rows, method, count, factory));
        FittedHead head = fitted!;
        var columns = new EmbeddingColumns(0, table.Labels is not null, true, 0) { HasWideLabels = table.Labels?.Max() > byte.MaxValue };
        using (EmbeddingWriter writer = EmbeddingFile.Create(output, columns))
        {
            for (int first = 0; first < table.Count; first += Batch)
            {
                int[] own = [.. Enumerable.Range(first, Math.Min(Batch, table.Count - first))];
                writer.Write(new(Array.ConvertAll(own, row => table.Names[row]), default,
                    table.Labels is null ? default : table.Labels.AsMemory(first, own.Length),
                    Array.ConvertAll(own, row => (long)head.Labels[row]), default));
            }
            writer.Finish();
        }
        FitReport.Print(terminal, head, output, $"clusters of {table.Count} embeddings",
            $"the {table.Count} embeddings have fewer different rows");
    }
}
