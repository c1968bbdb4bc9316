using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Clustering.Spectral;

/// <summary>Options of spectral clustering.</summary>
public sealed record SpectralOptions
{
    /// <summary>Number of clusters (K), in [2..N).</summary>
    public int ClusterCount { get; init; } = 10;

    /// <summary>Eigenvectors (V), which should be about as many as the rows have natural groups; 0 takes as many as clusters.</summary>
    public int VectorCount { get; init; }

    /// <summary>Neighbours of each row in the graph.</summary>
    public int NeighbourCount { get; init; } = 15;

    /// <summary>How the neighbours are found.</summary>
    public NeighbourMode Neighbours { get; init; }

    /// <summary>k-means starts on the eigenvectors.</summary>
    public int Restarts { get; init; } = 10;

    /// <summary>Seed of the first vectors and of k-means.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads; 0 uses all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }
}

/// <summary>
/// Spectral clustering on the graph of nearest neighbours: the leading eigenvectors of the normalised adjacency, each row brought to unit
/// length, clustered by k-means (Ng, Jordan and Weiss, "On spectral clustering", 2001).
/// </summary>
public static class SpectralClustering
{
    // Rows that k-means is fitted to at most, and at least for each cluster.
    const int MostFitted = 100_000, FittedPerCluster = 1_000;

    /// <summary>The cluster of each row, [N].</summary>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range.</exception>
    public static int[] Fit(Rows rows, SpectralOptions options) => Cluster(Embed(rows, options), options);

    /// <summary>The rows' coordinates in the leading eigenvectors, each of unit length, [N,V].</summary>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range.</exception>
    public static Rows Embed(Rows rows, SpectralOptions options)
    {
        _ = WidthOf(rows.Count, options);
        return Embed(NeighbourSearch.OfEach(rows, options.NeighbourCount, options.Neighbours, options.Threads), options);
    }

    /// <summary>The same of rows whose neighbours are known.</summary>
    /// <param name="neighbours">The nearest other rows of each row, [N,Count].</param>
    /// <param name="options">As for rows; how many neighbours, and how they are found, is settled.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static Rows Embed(NeighbourTable neighbours, SpectralOptions options)
    {
        int width = WidthOf(neighbours.Indices.Length / neighbours.Count, options);
        var graph = new NeighbourGraph(neighbours, options.Threads);
        double[] vectors = LeadingVectors.Find(graph, width, options.Seed, options.Threads);
        var embedding = new Rows(Array.ConvertAll(vectors, value => (float)value), width);
        return new Rows(embedding.Unit(), width);
    }

    static int WidthOf(int rows, SpectralOptions options)
    {
        if (options.ClusterCount < 2 || options.ClusterCount >= rows)
        {
            throw new ArgumentOutOfRangeException(nameof(options),
                $"'{nameof(options.ClusterCount)}' must be in [2..{rows}), was {options.ClusterCount}.");
        }
        int width = options.VectorCount == 0 ? options.ClusterCount : options.VectorCount;
        return width >= 2 && width < rows ? width : throw new ArgumentOutOfRangeException(nameof(options),
            $"'{nameof(options.VectorCount)}' must be in [2..{rows}) or 0, was {options.VectorCount}.");
    }

    /// <summary>The cluster of each row by its place, [N].</summary>
    /// <param name="embedding">As <see cref="Embed(Rows, SpectralOptions)"/> gives them, [N,V].</param>
    /// <param name="options">As for them; clusters may be more than eigenvectors.</param>
    /// <remarks>
    /// Above 100,000 rows k-means finds its centres on as many rows, evenly taken, but on no fewer than 1,000 for each cluster.
    /// </remarks>
    public static int[] Cluster(Rows embedding, SpectralOptions options)
    {
        var means = new KMeansOptions
        {
            ClusterCount = options.ClusterCount,
            Restarts = options.Restarts,
            Seed = options.Seed,
            Threads = options.Threads,
        };
        int some = Math.Max(MostFitted, FittedPerCluster * options.ClusterCount);
        if (embedding.Count <= some)
        {
            return KMeansClustering.Fit(embedding, means).Labels;
        }
        int[] taken = [.. Enumerable.Range(0, some).Select(i => (int)((long)i * embedding.Count / some))];
        return KMeansClustering.Assign(embedding, KMeansClustering.Fit(embedding.Take(taken), means).Centres, options.Threads);
    }

    /// <summary>
    /// Clusters of other rows: the commonest among their nearest fitted rows; the lower cluster where two are equally common.
    /// </summary>
    /// <param name="rows">Rows [M,D].</param>
    /// <param name="fitted">The rows that were clustered, [N,D].</param>
    /// <param name="clusters">Their clusters, [N].</param>
    /// <param name="options">As in the fit.</param>
    public static int[] Assign(Rows rows, Rows fitted, int[] clusters, SpectralOptions options)
    {
        return Assign(NeighbourSearch.Euclidean(rows, fitted, Math.Min(options.NeighbourCount, fitted.Count), options.Threads), clusters);
    }

    /// <summary>The same of rows whose nearest fitted rows are known, [M,Count].</summary>
    /// <param name="table">The nearest fitted rows of each.</param>
    /// <param name="clusters">Clusters of the fitted rows.</param>
    public static int[] Assign(NeighbourTable table, int[] clusters)
    {
        int count = clusters.Max() + 1;
        return [.. Enumerable.Range(0, table.Indices.Length / table.Count).Select(row =>
        {
            var votes = new int[count];
            foreach (int neighbour in table.Indices.AsSpan(row * table.Count, table.Count))
            {
                votes[clusters[neighbour]]++;
            }
            return Array.IndexOf(votes, votes.Max());
        })];
    }
}
