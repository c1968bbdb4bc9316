using System.Globalization;

namespace Toolchain.Evaluate.Fusion;

/// <summary>How rows that were assigned to old clusters differ from the rows that those were fitted on.</summary>
/// <param name="Far">Share of them farther from their cluster's mean than 99 % of the fitted rows are from theirs, in [0..1].</param>
/// <param name="Moved">
/// Total variation between the clusters' shares then and now, in [0..1]: the share of rows that would have to be in another cluster.
/// </param>
/// <param name="Grown">The cluster whose share grew most.</param>
/// <param name="Before">Its share among the fitted rows.</param>
/// <param name="Now">Its share now.</param>
public readonly record struct ClusterDrift(double Far, double Moved, int Grown, double Before, double Now)
{
    // Three times what is expected far, and a tenth of the rows elsewhere.
    const double MostFar = 0.03, MostMoved = 0.1;

    /// <summary>Compares rows with the fitted ones.</summary>
    /// <param name="shares">Shares of the clusters among the fitted rows, [K].</param>
    /// <param name="counts">Rows of each cluster now, [K].</param>
    /// <param name="far">Rows now that are farther than 99 % of the fitted ones.</param>
    public static ClusterDrift Of(double[] shares, long[] counts, long far)
    {
        double total = counts.Sum();
        double[] now = Array.ConvertAll(counts, count => count / total);
        int grown = Enumerable.Range(0, now.Length).MaxBy(k => now[k] - shares[k]);
        return new(far / total, now.Zip(shares, (a, b) => Math.Abs(a - b)).Sum() / 2, grown, shares[grown], now[grown]);
    }

    /// <summary>What a user should know, a line each; none where the rows are like the fitted ones.</summary>
    /// <param name="count">Rows: of few, the shares differ by chance, by about .4 sqrt(K / count).</param>
    /// <param name="clusters">K.</param>
    public IEnumerable<string> Warnings(long count, int clusters)
    {
        if (Far > MostFar)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{Far:p1} of the rows are farther from their cluster than 99 % of the fitted ones; fit the clusters again on all rows");
        }
        if (Moved > MostMoved + 0.4 * Math.Sqrt((double)clusters / count))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"the clusters have other shares than among the fitted rows (total variation {Moved:f2}): cluster {Grown} had "
                + $"{Before:p1} and has {Now:p1}");
        }
    }
}
