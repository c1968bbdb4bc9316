using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// k-means for classes of about the same size: each cluster gets the same share of the rows. Where one class has two styles that are
/// farther apart than two classes are, k-means splits the one and joins the others; clusters of one size cannot.
/// <para>
/// From the centres of k-means, rows are shared out again and again by optimal transport with an entropy term (Cuturi 2013, "Sinkhorn
/// distances", algorithm 1; for clusters Asano et al. 2020, "Self-labelling via simultaneous clustering and representation learning",
/// section 3.1), and each centre moves to the mean of its shares. Of the restarts the one of the lowest mean squared distance under such
/// shares is kept. Afterwards rows, also new ones, belong to the nearest centre, so sizes may differ.
/// </para>
/// </summary>
public static class BalancedKMeans
{
    // Weight of the entropy, as a share of the mean squared distance of a row to its nearest centre in the first k-means. Every other
    // restart begins hotter, where fewer local minima are: of letters, .4 found lower costs than .2 alone; from .5 on all centres became
    // one.
    const double Hot = 0.4, Temperature = 0.2;

    const int HotIterations = 25, MostIterations = 60;

    /// <summary>Fits centres to <paramref name="rows"/> [N,D].</summary>
    /// <param name="rows">Finite numbers.</param>
    /// <param name="options">
    /// Those of k-means, but for mini-batches and ranks; at most 60 iterations. <see cref="KMeansOptions.Tolerance"/> is the squared
    /// movement of all centres over the mean squared distance in a column.
    /// </param>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range; the message names it.</exception>
    public static KMeansResult Fit(Rows rows, KMeansOptions options)
    {
        if (options.Ranks is not null || options.BatchSize > 0)
        {
            string name = options.BatchSize > 0 ? nameof(options.BatchSize) : nameof(options.Ranks);
            throw new ArgumentException($"'{name}' must not be set for clusters of even size.", nameof(options));
        }
        options.Check(rows);
        rows = options.Cosine ? new Rows(rows.Unit(), rows.Width) : rows;
        (KMeansResult Result, double Cost)? best = null;
        for (int restart = 0; restart < options.Restarts; restart++)
        {
            // Distinct and fixed streams for the restarts.
            KMeansOptions one = options with { Cosine = false, Restarts = 1, Seed = unchecked(options.Seed + restart * 7919) };
            (KMeansResult Result, double Cost) found = FitFrom(KMeansClustering.Fit(rows, one), rows, options, restart % 2 == 0);
            best = best is null || found.Cost < best.Value.Cost ? found : best;
        }
        return best!.Value.Result;
    }

    static (KMeansResult Result, double Cost) FitFrom(KMeansResult start, Rows rows, KMeansOptions options, bool isHot)
    {
        double spread = start.Inertia / rows.Count;
        if (spread == 0)
        {
            return (start, 0);
        }
        var shares = new EvenShares(rows, start.Centres, options.Threads);
        double movement = double.PositiveInfinity, still = options.Tolerance * spread / rows.Width;
        int iterations = 0, most = Math.Min(options.MaxIterations, MostIterations);
        for (; iterations < most && (movement > still || IsHot()); iterations++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            movement = shares.MoveCentres((IsHot() ? Hot : Temperature) * spread);
        }
        var centres = new Rows(shares.Centres, rows.Width);
        int[] labels = KMeansClustering.Assign(rows, centres, options.Threads);
        double inertia = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            inertia += VectorKernels.SquaredDistance(rows[row], centres[labels[row]]);
        }
        return (new(centres, labels, inertia, iterations, movement <= still), shares.Cost);

        bool IsHot() => isHot && iterations < HotIterations;
    }
}
