using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Data.Embeddings;
using Toolchain.Inference;

namespace Toolchain.Commands.Ranks;

/// <summary>A fit of several programs, each of which has a range of the embeddings; rank 0 writes the output.</summary>
/// <param name="Terminal">Receives progress and the result.</param>
/// <param name="Output">The file that the fit makes.</param>
/// <param name="Rank">Which rank of how many.</param>
/// <param name="Longest">How long it waits for a rank of which nothing is heard.</param>
/// <param name="Cancellation">Ends the wait.</param>
sealed record RankedFit(Terminal Terminal, string Output, Shard Rank, TimeSpan Longest, CancellationToken Cancellation)
{
    /// <summary>Fits with the other ranks.</summary>
    /// <param name="work">What is done, for progress, such as "clustering".</param>
    /// <param name="fit">All that the result depends on beside the embeddings, in words.</param>
    /// <param name="vectors">The embeddings, or the name of those whose shards there are.</param>
    /// <param name="own">The rows of this rank, and the index of the first.</param>
    /// <param name="compute">Fits this rank's rows, all of which are finite, with the others.</param>
    public void Run(string work, string fit, string vectors, (EmbeddingRange Range, long First) own,
        Func<Rows, FileRanks, FitOutcome> compute)
    {
        (EmbeddingRange read, long first) = own;
        var folder = new FitFolder(Output, string.Create(CultureInfo.InvariantCulture,
            $"{fit}, on {read.RowCount} x {read.Dimension} numbers ({read.Fingerprint}), uvl {ProgramVersion.Text}"));
        if (folder.IsFinished)
        {
            Finished();
            return;
        }
        try
        {
            FitOutcome outcome = default;
            Terminal.WithProgress($"{work}, rank {Rank.Index} of {Rank.Count}", 0, "steps", tell =>
            {
                var wait = new RankWait(Longest, (step, name) => tell(step, name), Terminal.Note, Cancellation);
                outcome = Together(() => new FileRanks(folder, Rank, (read.RowCount, first), wait),
                    ranks => compute(VectorFile.Finite(read.Values, read.Dimension, vectors, first), ranks));
            });
            if (Rank.Index == 0)
            {
                outcome.Print();
            }
            else
            {
                Finished();
            }
        }
        catch (FitFinishedException)
        {
            Finished();
        }
    }

    static FitOutcome Together(Func<FileRanks> join, Func<FileRanks, FitOutcome> compute)
    {
        using FileRanks ranks = join();
        try
        {
            FitOutcome outcome = compute(ranks);
            if (ranks.IsFirst)
            {
                outcome.Save();
                ranks.Finish();
            }
            return outcome;
        }
        catch (Exception error) when (error is not (OperationCanceledException or IOException or FitFinishedException))
        {
            // It would fail again: the others need not wait.
            ranks.Fail(FailureText.Of(error, ExitCodes.Of(error)));
            throw;
        }
    }

    void Finished()
    {
        Terminal.Line($"rank {Rank.Index} of {Rank.Count}: the fit is finished; rank 0 wrote {Output}");
        Terminal.Event("ranked", new JsonObject { ["path"] = Output, ["rank"] = Rank.Index, ["ranks"] = Rank.Count });
    }
}
