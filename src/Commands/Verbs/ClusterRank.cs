using System.Globalization;
using Toolchain.Commands.Ranks;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl cluster VECTORS --shard i/n --k 10 --out F.onnx</c>: one of several programs that fit clusters together.</summary>
static class ClusterRank
{
    /// <summary>Throws where several programs cannot fit such clusters together.</summary>
    /// <exception cref="ArgumentException">They cannot.</exception>
    public static void RequireShared(ClusterMethod method)
    {
        if (method is ClusterMethod.Balanced or ClusterMethod.Spectral)
        {
            string name = method == ClusterMethod.Balanced ? "balanced" : "spectral";
            throw new ArgumentException($"--method {name}: expected kmeans or gmm with --shard; {name} clusters are fitted by "
                + "one program.");
        }
    }

    /// <summary>Fits with the other ranks; rank 0 writes the graph.</summary>
    /// <param name="shared">The ranks, and the graph of clusters that they make.</param>
    /// <param name="vectors">The embeddings, or the name of those whose shards there are.</param>
    /// <param name="fit">How.</param>
    public static void Run(RankedFit shared, string vectors, VectorFit fit)
    {
        (int count, string output) = (fit.Count ?? throw new ArgumentException("--shard: expected --k, the number of clusters, found "
            + "none."), shared.Output);
        if (!Path.GetExtension(output).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--out '{output}': expected a graph of clusters (.onnx) with --shard, found "
                + $"'{Path.GetExtension(output)}'; a table of clusters comes from 'uvl cluster VECTORS --add F.onnx --out T'.");
        }
        RequireShared(fit.Method);
        (EmbeddingRange read, long first) = VectorFile.Read(vectors, shared.Rank);
        using EmbeddingRange held = read;
        if (count > read.RowCount)
        {
            throw new ArgumentException($"--k '{count}': expected at most {read.RowCount}, the number of embeddings.");
        }
        string called = string.Create(CultureInfo.InvariantCulture,
            $"{fit.Method.ToString().ToLowerInvariant()} of {count} clusters, seed {fit.Factory.Seed}");
        shared.Run("clustering", called, vectors, (read, first), (rows, ranks) =>
        {
            FittedHead head = FittedHead.Fit(rows, fit.Method, count, fit.Factory with { Ranks = ranks });
            OnnxModel graph = VectorClusters.Build(head, rows, ranks);
            return new(() => graph.Save(output), () => FitReport.Print(shared.Terminal, head, output, "embedding to cluster",
                $"the {read.RowCount} embeddings have fewer different rows"));
        });
    }
}
