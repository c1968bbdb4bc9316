using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Commands.Ranks;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl cluster VECTORS --shard i/n --k 10 --out F.onnx</c>: one of several programs that fit clusters together.</summary>
static class ClusterRank
{
    /// <summary>Fits with the other ranks; rank 0 writes the graph.</summary>
    /// <param name="terminal">Receives the result.</param>
    /// <param name="vectors">The embeddings, or the name of those whose shards there are.</param>
    /// <param name="output">The graph of clusters.</param>
    /// <param name="fit">How.</param>
    /// <param name="rank">Which rank of how many, and how long it waits for one of which nothing is heard.</param>
    public static void Run(Terminal terminal, string vectors, string output, VectorFit fit, (Shard Own, TimeSpan Wait) rank)
    {
        int count = fit.Count ?? throw new ArgumentException("--shard: expected --k, the number of clusters, found none.");
        if (!Path.GetExtension(output).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--out '{output}': expected a graph of clusters (.onnx) with --shard, found "
                + $"'{Path.GetExtension(output)}'; a table of clusters comes from 'uvl cluster VECTORS --add F.onnx --out T'.");
        }
        (EmbeddingRange read, long first) = VectorFile.Read(vectors, rank.Own);
        using EmbeddingRange held = read;
        if (count > read.RowCount)
        {
            throw new ArgumentException($"--k '{count}': expected at most {read.RowCount}, the number of embeddings.");
        }
        var folder = new FitFolder(output, string.Create(CultureInfo.InvariantCulture,
            $"{fit.Method.ToString().ToLowerInvariant()} of {count} clusters, seed {fit.Factory.Seed}, on {read.RowCount} x "
                + $"{read.Dimension} numbers ({read.Fingerprint}), uvl {ProgramVersion.Text}"));
        if (folder.IsFinished)
        {
            Finished(terminal, output, rank.Own);
            return;
        }
        try
        {
            FittedHead? head = null;
            terminal.WithProgress($"clustering, rank {rank.Own.Index} of {rank.Own.Count}", 0, "steps", tell =>
            {
                var wait = new RankWait(rank.Wait, (step, name) => tell(step, name), terminal.Note, fit.Factory.Cancellation);
                head = Fit(() => new FileRanks(folder, rank.Own, (read.RowCount, first), wait),
                    () => VectorFile.Finite(read.Values, read.Dimension, vectors, first), fit, output);
            });
            if (rank.Own.Index == 0)
            {
                FitReport.Print(terminal, head!, output, "embedding to cluster",
                    $"the {read.RowCount} embeddings have fewer different rows");
            }
            else
            {
                Finished(terminal, output, rank.Own);
            }
        }
        catch (FitFinishedException)
        {
            Finished(terminal, output, rank.Own);
        }
    }

    static FittedHead Fit(Func<FileRanks> join, Func<Rows> read, VectorFit fit, string output)
    {
        using FileRanks ranks = join();
        try
        {
            Rows rows = read();
            FittedHead head = FittedHead.Fit(rows, fit.Method, fit.Count!.Value, fit.Factory with { Ranks = ranks });
            OnnxModel graph = VectorClusters.Build(head, rows, ranks);
            if (ranks.IsFirst)
            {
                graph.Save(output);
                ranks.Finish();
            }
            return head;
        }
        catch (Exception error) when (error is not (OperationCanceledException or IOException or FitFinishedException))
        {
            // It would fail again: the others need not wait.
            ranks.Fail(FailureText.Of(error, ExitCodes.Of(error)));
            throw;
        }
    }

    static void Finished(Terminal terminal, string output, Shard rank)
    {
        terminal.Line($"rank {rank.Index} of {rank.Count}: the fit is finished; rank 0 wrote {output}");
        terminal.Event("ranked", new JsonObject { ["path"] = output, ["rank"] = rank.Index, ["ranks"] = rank.Count });
    }
}
