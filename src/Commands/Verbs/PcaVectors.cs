using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Clustering.Projection;
using Toolchain.Commands.Ranks;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary>Principal components of embeddings: fitted by one program or several, and applied.</summary>
static class PcaVectors
{
    // Rows that are written at a time.
    const int Batch = 1 << 16;

    /// <summary>Requires embeddings, and an output that is a graph or a table and no file that is read.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static void Require(string vectors, string output)
    {
        if (!EmbeddingFile.HasFormat(vectors))
        {
            throw new ArgumentException($"'{vectors}': expected embeddings (.npy, .csv, .parquet, .arrow), found "
                + $"'{Path.GetExtension(vectors)}'; embed the images first.");
        }
        if (!EmbeddingFile.HasFormat(output) && !IsGraph(output))
        {
            throw new ArgumentException($"--out '{output}': expected a graph of components (.onnx) or a table of them (.npy, .csv, "
                + $".parquet, .arrow), found '{Path.GetExtension(output)}'.");
        }
        CommonOptions.RequireApart(output, IsGraph(output) ? [output] : EmbeddingFile.FilesOf(output), EmbeddingFile.FilesOf(vectors));
    }

    /// <summary>Fits components and writes the graph, or the components of the embeddings.</summary>
    /// <param name="terminal">Receives the result.</param>
    /// <param name="vectors">The embeddings.</param>
    /// <param name="output">The graph or table.</param>
    /// <param name="fit">Which components.</param>
    public static void Run(Terminal terminal, string vectors, string output, ComponentFit fit)
    {
        (EmbeddingTable table, Rows rows) = VectorFile.Read(vectors);
        using EmbeddingTable held = table;
        int count = fit.CountOf(rows.Count, rows.Width);
        Pca? found = null;
        terminal.WithProgress("fitting components", 0, "", _ => found = Pca.Fit(rows, count, fit.Whiten, fit.Threads));
        OnnxModel graph = VectorComponents.Build(found!);
        if (IsGraph(output))
        {
            graph.Save(output);
            Print(terminal, found!, output, "embedding to component");
            return;
        }
        // By the graph itself, so that the table has the bytes that the graph gives later.
        using ComponentSession session = ComponentSession.Open(graph.ToBytes(), output, fit.Threads);
        Write(terminal, output, table, session);
        Print(terminal, found!, output, $"components of {Printable.Count(table.Count, "embedding")}");
    }

    /// <summary>Fits components with other ranks; rank 0 writes the graph.</summary>
    /// <param name="shared">The ranks, and the graph.</param>
    /// <param name="vectors">The embeddings, or the name of those whose shards there are.</param>
    /// <param name="fit">Which components.</param>
    public static void Run(RankedFit shared, string vectors, ComponentFit fit)
    {
        string output = shared.Output;
        if (!IsGraph(output))
        {
            throw new ArgumentException($"--out '{output}': expected a graph of components (.onnx) with --shard, found "
                + $"'{Path.GetExtension(output)}'; a table comes from 'uvl pca VECTORS --apply F.onnx --out T'.");
        }
        (EmbeddingRange read, long first) = VectorFile.Read(vectors, shared.Rank);
        using EmbeddingRange held = read;
        int count = fit.CountOf(read.RowCount, read.Dimension);
        string called = string.Create(CultureInfo.InvariantCulture, $"{count} {(fit.Whiten ? "whitened " : "")}principal components");
        shared.Run("fitting components", called, vectors, (read, first), (rows, ranks) =>
        {
            // Of a rank without rows, too.
            Pca found = Pca.Fit(rows, count, fit.Whiten, fit.Threads, ranks);
            return new(() => VectorComponents.Build(found).Save(output),
                () => Print(shared.Terminal, found, output, "embedding to component"));
        });
    }

    /// <summary>Writes the components of the embeddings.</summary>
    /// <param name="terminal">Receives the result.</param>
    /// <param name="vectors">The embeddings.</param>
    /// <param name="output">The table.</param>
    /// <param name="given">The components, and where they were read from.</param>
    public static void Apply(Terminal terminal, string vectors, string output, (ComponentSession Session, string Path) given)
    {
        using EmbeddingTable table = EmbeddingFile.Read(vectors);
        if (table.Dimension != given.Session.Width)
        {
            throw new ArgumentException($"'{vectors}': expected embeddings of width {given.Session.Width} as the components in "
                + $"'{given.Path}' have, found {table.Dimension}; embed the images with the model of the fit.");
        }
        _ = VectorFile.Finite(table, vectors);
        Write(terminal, output, table, given.Session);
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{Printable.Count(given.Session.Count, "component")} of {table.Count:n0} embeddings in {output}"));
        terminal.Event("projected", new JsonObject
        {
            ["path"] = output,
            ["count"] = table.Count,
            ["components"] = given.Session.Count,
        });
    }

    static bool IsGraph(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    static void Write(Terminal terminal, string output, EmbeddingTable table, ComponentSession session) =>
        terminal.WithProgress("projecting", table.Count, "rows", tell =>
        {
            var columns = new EmbeddingColumns(session.Count, table.Labels is not null, false, 0)
            {
                HasWideLabels = table.Labels?.Max() > byte.MaxValue
            };
            using EmbeddingWriter writer = EmbeddingFile.Create(output, columns);
            var components = new float[Math.Min(Batch, table.Count) * session.Count];
            for (int first = 0; first < table.Count; first += Batch)
            {
                int count = Math.Min(Batch, table.Count - first);
                Memory<float> own = components.AsMemory(0, count * session.Count);
                session.Run(table.Embeddings.Span.Slice(first * table.Dimension, count * table.Dimension), own.Span);
                writer.Write(new(Array.ConvertAll([.. Enumerable.Range(first, count)], row => table.Names[row]), own,
                    table.Labels is null ? default : table.Labels.AsMemory(first, count), default, default));
                tell(first + count, "");
            }
            writer.Finish();
        });

    static void Print(Terminal terminal, Pca found, string path, string content)
    {
        double share = VectorComponents.ShareOf(found.Variances.Sum(), found);
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{Printable.Count(found.Variances.Length, "component")} of {found.Mean.Length} with {100 * share:f2} % of the variance; "
                + $"{content} in {path}"));
        terminal.Event("fitted", new JsonObject
        {
            ["path"] = path,
            ["components"] = found.Variances.Length,
            ["dimension"] = found.Mean.Length,
            ["variance"] = share,
        });
    }
}
