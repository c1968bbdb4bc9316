using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering;

/// <summary>
/// Programs, called ranks, that fit together. Each has a range of the rows; all get what becomes of everyone's statistics, so that all go
/// on alike. A fit has the same bits with any ranks as in one program that has all rows.
/// </summary>
public interface IRanks
{
    /// <summary>Rows of a part: each rank but the last has whole parts, and sums that round are taken by parts.</summary>
    const int PartRows = 1 << 16;

    /// <summary>Rows of all ranks (N).</summary>
    long RowCount { get; }

    /// <summary>Index among them of this rank's first row, a multiple of <see cref="PartRows"/>.</summary>
    long FirstRow { get; }

    /// <summary>What becomes of the statistics of all ranks; the same in each.</summary>
    /// <param name="step">Name of the step, for messages. All ranks take the same steps in the same order.</param>
    /// <param name="own">Computes the statistics of this rank's rows; not called where the result is known from before.</param>
    /// <param name="combine">Gets those of all ranks in the order of their rows; called in one rank alone.</param>
    double[] Combine(string step, Func<double[]> own, Func<IReadOnlyList<double[]>, double[]> combine);

    /// <summary>One program that has all rows.</summary>
    /// <param name="rowCount">N.</param>
    static IRanks Alone(long rowCount) => new OneRank(rowCount);

    /// <summary>Sums over all ranks of numbers whose sums are exact, such as counts.</summary>
    /// <param name="step">Name of the step.</param>
    /// <param name="own">Those of this rank.</param>
    double[] Sum(string step, Func<double[]> own) => Combine(step, own, Totals.Add);

    /// <summary>
    /// Sums over all ranks of numbers whose sums round: those of parts of <see cref="PartRows"/> rows, added up in one order.
    /// </summary>
    /// <param name="step">Name of the step.</param>
    /// <param name="ownRows">Rows of this rank.</param>
    /// <param name="length">How many sums.</param>
    /// <param name="add">Adds the rows [first..end) of this rank, a part, to the sums [length], which are 0; called in order.</param>
    double[] SumParts(string step, int ownRows, int length, Action<int, int, double[]> add) => Combine(step, () =>
    {
        var sums = new PartSums(length);
        for (int first = 0; first < ownRows; first += PartRows)
        {
            var part = new double[length];
            add(first, Math.Min(ownRows, first + PartRows), part);
            sums.Add((FirstRow + first) / PartRows, part);
        }
        return sums.ToArray();
    }, all => PartSums.Total(length, all));
}

/// <summary>The one rank of a program that has all rows.</summary>
sealed class OneRank(long rowCount) : IRanks
{
    public long RowCount => rowCount;

    public long FirstRow => 0;

    public double[] Combine(string step, Func<double[]> own, Func<IReadOnlyList<double[]>, double[]> combine) => combine([own()]);
}
