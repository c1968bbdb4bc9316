using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Evaluate.Metrics;

/// <summary>
/// The weighted nearest-neighbour classifier by which embeddings are compared (Wu et al. 2018, "Unsupervised Feature Learning via
/// Non-Parametric Instance Discrimination", section 3.4).
/// </summary>
public static class NearestNeighbours
{
    // Test images whose neighbours are in memory at a time: 100 MB of 200 each.
    const int Batch = 1 << 16;

    /// <summary>
    /// Share of test images that their neighbours name rightly, in [0..1], for each number of neighbours that vote. Uses the training
    /// labels.
    /// </summary>
    /// <param name="train">N rows, of which the neighbours are.</param>
    /// <param name="test">M rows, of the same width.</param>
    /// <param name="counts">Neighbours that vote; more than N are N.</param>
    /// <param name="temperature">Each vote weighs exp(cosine / temperature).</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public static double[] Accuracy(LabelledRows train, LabelledRows test, int[] counts, double temperature = .07, int threads = 0) =>
        [.. Assign(train, test.Rows, counts, temperature, threads).Select(given => ClusteringMetrics.Accuracy(given, test.Labels))];

    /// <summary>
    /// The class of each test image for each number of neighbours that vote, [counts][M]; of equal votes the smaller number.
    /// </summary>
    internal static int[][] Assign(LabelledRows train, Rows test, int[] counts, double temperature = .07, int threads = 0)
    {
        int[][] given = [.. counts.Select(_ => new int[test.Count])];
        for (int first = 0; first < test.Count; first += Batch)
        {
            var part = new Rows(test.Values.Slice(first * test.Width, Math.Min(Batch, test.Count - first) * test.Width), test.Width);
            foreach ((int[] all, int[] own) in given.Zip(Vote(train, part, counts, temperature, threads)))
            {
                own.CopyTo(all, first);
            }
        }
        return given;
    }

    static int[][] Vote(LabelledRows train, Rows test, int[] counts, double temperature, int threads)
    {
        int[][] given = [.. counts.Select(_ => new int[test.Count])];
        int most = Math.Min(counts.Max(), train.Rows.Count), classCount = train.Labels.Max() + 1;
        (int used, int[] indices, float[] similarities) = NeighbourSearch.Cosine(test, train.Rows, most, threads);
        for (int row = 0; row < test.Count; row++)
        {
            for (int choice = 0; choice < counts.Length; choice++)
            {
                var votes = new double[classCount];
                for (int i = row * used; i < row * used + Math.Min(counts[choice], used); i++)
                {
                    // Only differences matter: taken from the best neighbour, the exponent cannot overflow.
                    votes[train.Labels[indices[i]]] += Math.Exp((similarities[i] - similarities[row * used]) / temperature);
                }
                given[choice][row] = Array.IndexOf(votes, votes.Max());
            }
        }
        return given;
    }
}
