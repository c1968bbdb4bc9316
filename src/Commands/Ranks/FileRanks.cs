using System.Diagnostics;
using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Inference;

namespace Toolchain.Commands.Ranks;

/// <summary>
/// Ranks that give each other their statistics as files: each writes its own, rank 0 combines them and writes what becomes of them. A rank
/// that is killed and started again reads the results there are and goes on; two that are the same rank write the same bytes.
/// </summary>
sealed class FileRanks : IRanks, IDisposable
{
    // Between two looks at a file that is not there yet, in milliseconds.
    const int ShortestPause = 1, LongestPause = 100;

    // Between two signs of life; until a rank without one is told of; and in which one that failed may have been started again.
    static readonly TimeSpan beat = TimeSpan.FromSeconds(2), concern = TimeSpan.FromSeconds(20), grace = TimeSpan.FromSeconds(5);

    readonly FitFolder folder;
    readonly Shard rank;
    readonly RankWait wait;
    readonly Timer heart;
    long beats;
    int step;
    // Whether it ends because another failed.
    bool isEnded;

    /// <summary>Joins the ranks of a fit. Rank 0 begins it; the others wait for that.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="rank">Which rank of how many.</param>
    /// <param name="rows">Rows of all ranks, and the first of this one.</param>
    /// <param name="wait">How others are waited for.</param>
    /// <exception cref="ArgumentException">The folder is of another, unfinished fit.</exception>
    public FileRanks(FitFolder folder, Shard rank, (long Count, long First) rows, RankWait wait)
    {
        (this.folder, this.rank, this.wait, RowCount, FirstRow) = (folder, rank, wait, rows.Count, rows.First);
        if (rank.Index == 0)
        {
            folder.Begin();
        }
        else
        {
            Await(0, folder.HasBegun);
        }
        File.Delete(Failure(rank.Index));
        heart = new Timer(_ => Beat(), null, TimeSpan.Zero, beat);
    }

    public long RowCount { get; }

    public long FirstRow { get; }

    public double[] Combine(string step, Func<double[]> own, Func<IReadOnlyList<double[]>, double[]> combine)
    {
        int number = this.step++;
        string name = string.Create(CultureInfo.InvariantCulture, $"step {number} ({step}) of {folder.Fit}");
        string total = folder.FileOf(string.Create(CultureInfo.InvariantCulture, $"{number}.total"));
        string Of(int index) => folder.FileOf(string.Create(CultureInfo.InvariantCulture, $"{number}.{index}-of-{rank.Count}"));
        wait.Tell(number, step);
        if (!File.Exists(total))
        {
            double[] mine = own();
            if (rank.Index == 0)
            {
                double[][] all = [mine, .. Enumerable.Range(1, rank.Count - 1).Select(index =>
                {
                    Await(index, () => File.Exists(Of(index)));
                    return StepFile.Read(Of(index), $"{name} in rank {index} of {rank.Count}");
                })];
                StepFile.Write(total, name, combine(all));
                Array.ForEach([.. Enumerable.Range(1, rank.Count - 1)], index => File.Delete(Of(index)));
            }
            else
            {
                if (!File.Exists(Of(rank.Index)))
                {
                    StepFile.Write(Of(rank.Index), $"{name} in rank {rank.Index} of {rank.Count}", mine);
                }
                Await(0, () => File.Exists(total));
            }
        }
        try
        {
            return StepFile.Read(total, name);
        }
        catch (FileNotFoundException) when (folder.IsFinished)
        {
            throw new FitFinishedException();
        }
    }

    /// <summary>Whether this is rank 0, which writes the output.</summary>
    public bool IsFirst => rank.Index == 0;

    /// <summary>States that the output is written.</summary>
    public void Finish() => folder.Finish();

    /// <summary>Tells the other ranks that this one cannot go on, and would not if it were started again.</summary>
    public void Fail(string message)
    {
        if (!isEnded)
        {
            File.WriteAllText(Failure(rank.Index), message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var stopped = new ManualResetEvent(false);
        if (heart.Dispose(stopped))
        {
            stopped.WaitOne();
        }
        File.Delete(Life(rank.Index));
    }

    string Life(int index) => folder.FileOf(string.Create(CultureInfo.InvariantCulture, $"{index}.alive"));

    string Failure(int index) => folder.FileOf(string.Create(CultureInfo.InvariantCulture, $"{index}.failed"));

    void Beat()
    {
        try
        {
            File.WriteAllText(Life(rank.Index), string.Create(CultureInfo.InvariantCulture, $"{++beats} {Environment.ProcessId}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next one may do; a full disk is told by the statistics.
        }
    }

    // Waits until something that another rank does is done.
    void Await(int index, Func<bool> isDone)
    {
        Stopwatch silence = Stopwatch.StartNew(), look = Stopwatch.StartNew();
        (string? life, bool isTold) = (null, false);
        var failed = new Stopwatch();
        for (double pause = ShortestPause; !isDone(); pause = Math.Min(LongestPause, pause * 1.3))
        {
            if (wait.Cancellation.WaitHandle.WaitOne((int)pause))
            {
                throw new OperationCanceledException("stopped; the same command goes on from here");
            }
            if (look.Elapsed < beat / 4)
            {
                continue;
            }
            look.Restart();
            RequireGoingOn(failed);
            if (ReadOrNull(Life(index)) is string now && now != life)
            {
                (life, isTold) = (now, false);
                silence.Restart();
            }
            if (silence.Elapsed > concern && !isTold)
            {
                wait.Note($"waiting for rank {index} of {rank.Count}, of which nothing is heard; start it (again) if nothing else does");
                isTold = true;
            }
            if (silence.Elapsed > wait.Longest)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"rank {index} of {rank.Count}: expected a sign of life "
                    + $"in {wait.Longest.TotalSeconds} s, found none; start all ranks again, they go on from step "
                    + $"{Math.Max(0, step - 1)}"));
            }
        }
    }

    void RequireGoingOn(Stopwatch failed)
    {
        if (folder.IsFinished)
        {
            throw new FitFinishedException();
        }
        for (int index = 0; index < rank.Count; index++)
        {
            if (ReadOrNull(Failure(index)) is string failure)
            {
                failed.Start();
                if (failed.Elapsed > grace)
                {
                    isEnded = true;
                    throw new InvalidDataException($"rank {index} of {rank.Count} failed: {failure}");
                }
                return;
            }
        }
        failed.Reset();
    }

    static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
