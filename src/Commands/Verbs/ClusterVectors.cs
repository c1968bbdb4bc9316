using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

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
        RequireNone(parsed, $"expected with a model, found the embeddings '{vectors}'", ofImages);
        if (!EmbeddingFile.HasFormat(output) && !IsGraph(output))
        {
            throw new ArgumentException($"--out '{output}': expected a table of clusters (.npy, .csv, .parquet, .arrow) or a graph of them "
                + $"(.onnx) for the embeddings '{vectors}', found '{Path.GetExtension(output)}'.");
        }
        CommonOptions.RequireApart(output, EmbeddingFile.FilesOf(output), EmbeddingFile.FilesOf(vectors));
    }

    /// <summary>Requires that no option of a fit was given, and a table as the output.</summary>
    /// <exception cref="ArgumentException">One was, or the output is none.</exception>
    public static void RequireAdd(ParseResult parsed, string output, string fitted, params Option[] ofFit)
    {
        RequireNone(parsed, $"expected for a fit, found --add '{fitted}', whose clusters stay as they are", ofFit);
        EmbeddingFile.RequireFormat(output);
    }

    /// <summary>Requires that none of some options was given.</summary>
    /// <exception cref="ArgumentException">One was; the message says why it does not belong here.</exception>
    public static void RequireNone(ParseResult parsed, string why, params Option[] options)
    {
        if (Array.Find(options, option => parsed.GetResult(option) is { Implicit: false }) is Option given)
        {
            throw new ArgumentException($"{given.Name}: {why}; leave it out.");
        }
    }

    static bool IsGraph(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fits clusters on the embeddings and writes the cluster of each to a table, or a graph that gives it.</summary>
    /// <param name="terminal">Receives the result.</param>
    /// <param name="vectors">The embeddings.</param>
    /// <param name="output">The table or graph.</param>
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
        if (IsGraph(output))
        {
            OnnxModel graph = VectorClusters.Build(head, rows);
            graph.Save(output);
            FitReport.Print(terminal, head, output, "embedding to cluster", $"the {table.Count} embeddings have fewer different rows");
            return;
        }
        Write(output, table, row => head.Labels[row]);
        FitReport.Print(terminal, head, output, $"clusters of {table.Count} {(table.Count == 1 ? "embedding" : "embeddings")}",
            $"the {table.Count} embeddings have fewer different rows");
    }

    /// <summary>Assigns the embeddings to the clusters of an earlier fit, and warns where they are not like the fitted ones.</summary>
    /// <param name="terminal">Receives the result.</param>
    /// <param name="vectors">The embeddings.</param>
    /// <param name="output">The table.</param>
    /// <param name="given">The clusters, and where they were read from.</param>
    public static void Add(Terminal terminal, string vectors, string output, (ClusterSession Session, string Path) given)
    {
        (ClusterSession session, string path) = given;
        (EmbeddingTable table, Rows rows) = VectorFile.Read(vectors);
        using EmbeddingTable held = table;
        if (rows.Width != session.Width)
        {
            throw new ArgumentException($"'{vectors}': expected embeddings of width {session.Width} as the clusters in '{path}' have, "
                + $"found {rows.Width}; embed the images with the model of the fit.");
        }
        var clusters = new long[rows.Count];
        var distances = new float[rows.Count];
        terminal.WithProgress("assigning", 0, "", _ => session.Run(rows.Values.Span, clusters, distances));
        Write(output, table, row => clusters[row]);
        var counts = new long[session.Shares.Length];
        foreach (long cluster in clusters)
        {
            counts[cluster]++;
        }
        ClusterDrift drift = ClusterDrift.Of(session.Shares, counts, distances.LongCount(distance => !(distance <= session.Near)));
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{rows.Count:n0} embeddings in the {Printable.Count(counts.Length, "cluster")} of {path}; clusters in {output}"));
        foreach (string warning in drift.Warnings(rows.Count, counts.Length))
        {
            terminal.Note(warning);
        }
        terminal.Event("assigned", new JsonObject
        {
            ["path"] = output,
            ["count"] = rows.Count,
            ["far"] = drift.Far,
            ["moved"] = drift.Moved,
        });
    }

    static void Write(string output, EmbeddingTable table, Func<int, long> clusterOf)
    {
        var columns = new EmbeddingColumns(0, table.Labels is not null, true, 0) { HasWideLabels = table.Labels?.Max() > byte.MaxValue };
        using EmbeddingWriter writer = EmbeddingFile.Create(output, columns);
        for (int first = 0; first < table.Count; first += Batch)
        {
            int[] own = [.. Enumerable.Range(first, Math.Min(Batch, table.Count - first))];
            writer.Write(new(Array.ConvertAll(own, row => table.Names[row]), default,
                table.Labels is null ? default : table.Labels.AsMemory(first, own.Length), Array.ConvertAll(own, row => clusterOf(row)),
                default));
        }
        writer.Finish();
    }
}
