using System.Collections.Concurrent;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>The E-step over all rows, in blocks. It is fastest where rows of one component lie together.</summary>
sealed class Expectation
{
    // Rows of a part: one thread takes a part, and its sums are added to those of the others once.
    const int PartRows = 8 * ExpectationBlock.Size;

    // Beyond that width the axes cost more than they spare; with fewer components there is little to spare.
    const int MostWidth = 512, LeastComponents = 4;

    readonly Rows rows;
    readonly int threads, count;
    readonly int[] labels;
    readonly double[] logLikelihoods;
    AxisRows? axisRows;

    public Expectation(Rows rows, int threads)
    {
        (this.rows, this.threads, count, TransposedRows) = (rows, threads, rows.Count, new TransposedRows(rows, threads));
        labels = new int[TransposedRows.PaddedCount];
        logLikelihoods = new double[TransposedRows.PaddedCount];
    }

    /// <summary>The rows as the E-step reads them.</summary>
    public TransposedRows TransposedRows { get; }

    /// <summary>The most probable component of each row, [N]; ties go to the lower index.</summary>
    public Span<int> Labels => labels.AsSpan(0, count);

    /// <summary>Log-likelihood of each row, [N].</summary>
    public ReadOnlySpan<double> LogLikelihoods => logLikelihoods.AsSpan(0, count);

    /// <summary>Log-likelihood of all rows.</summary>
    public double LogLikelihood()
    {
        double sum = 0;
        foreach (double value in LogLikelihoods)
        {
            sum += value;
        }
        return sum;
    }

    /// <summary>Whether a screen tells components that are certain to be negligible; the results have the same bits either way.</summary>
    public bool UsesScreen { get; init; } = true;

    /// <summary>Number of parts of <see cref="Run"/>.</summary>
    public int PartCount => (count + PartRows - 1) / PartRows;

    /// <summary>Computes labels, likelihoods and responsibilities.</summary>
    /// <param name="components">The mixture.</param>
    /// <param name="sinkOf">Makes the receiver of a part by its index.</param>
    public void Run(Component[] components, Func<int, IResponsibilitySink>? sinkOf = null)
    {
        MarginalScreen? screen = Screen(components);
        var blocks = new ConcurrentBag<ExpectationBlock>();
        Chunks.ForParts(PartCount, PartCount, threads, (part, _, _) =>
        {
            ExpectationBlock block = blocks.TryTake(out ExpectationBlock? free) ? free : new(TransposedRows, components, screen);
            IResponsibilitySink? sink = sinkOf?.Invoke(part);
            int first = part * PartRows, end = Math.Min(TransposedRows.PaddedCount, first + PartRows);
            for (; first < end; first += ExpectationBlock.Size)
            {
                int length = Math.Min(ExpectationBlock.Size, end - first);
                block.Run(first, labels.AsSpan(first, length), logLikelihoods.AsSpan(first, length));
                sink?.Add(first, length, block);
            }
            sink?.End();
            blocks.Add(block);
        });
    }

    // The axes stay those of the first components: they need only be good.
    MarginalScreen? Screen(Component[] components)
    {
        if (!UsesScreen || TransposedRows.IsNarrow || components[0].Precision.IsDiagonal || components.Length < LeastComponents
            || rows.Width is < DiscriminantAxes.Count or > MostWidth)
        {
            return null;
        }
        axisRows ??= DiscriminantAxes.Of(components) is DiscriminantAxes axes ? new AxisRows(axes, rows, threads) : null;
        return axisRows is null ? null : new MarginalScreen(axisRows, components, ExpectationBlock.Negligible, threads);
    }
}

/// <summary>Receives the responsibilities of one part of the rows, block by block in order.</summary>
interface IResponsibilitySink
{
    /// <summary>Takes the responsibilities for the rows [first..first+length), a multiple of eight.</summary>
    void Add(int first, int length, ExpectationBlock block);

    /// <summary>Called after the last block.</summary>
    void End();
}
