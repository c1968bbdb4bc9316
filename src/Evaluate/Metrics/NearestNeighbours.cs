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
        [.. Assign(train, test, counts, temperature, threads).Select(given => ClusteringMetrics.Accuracy(given, test.Labels))];

    /// <summary>
    /// The class of each test image for each number of neighbours that vote, [counts][M]; of equal votes the smaller number.
    /// </summary>
    internal static int[][] Assign(LabelledRows train, LabelledRows test, int[] counts, double temperature = .07, int threads = 0)
    {
        int[][] given = [.. counts.Select(_ => new int[test.Rows.Count])];
        int most = Math.Min(counts.Max(), train.Rows.Count);
        for (int first = 0; first < test.Rows.Count; first += Batch)
        {
            int count = Math.Min(Batch, test.Rows.Count - first), from = first * test.Rows.Width, length = count * test.Rows.Width;
            NeighbourTable near = (train.Bytes, test.Bytes) is (ByteRows known, ByteRows asked)
                ? NeighbourSearch.Cosine(new ByteRows(asked.Values.Slice(from, length), asked.Width), known, most, threads)
                : NeighbourSearch.Cosine(new Rows(test.Rows.Values.Slice(from, length), test.Rows.Width), train.Rows, most, threads);
            for (int choice = 0; choice < counts.Length; choice++)
            {
                Vote(near, train.Labels, Math.Min(counts[choice], most), temperature, given[choice].AsSpan(first, count));
            }
        }
        return given;
    }

    static void Vote(NeighbourTable near, int[] labels, int voters, double temperature, Span<int> given)
    {
        var votes = new double[labels.Max() + 1];
        for (int row = 0; row < given.Length; row++)
        {
            int best = row * near.Count;
            Array.Clear(votes);
            for (int i = best; i < best + voters; i++)
            {
                // Only differences matter: taken from the best neighbour, the exponent cannot overflow.
                votes[labels[near.Indices[i]]] += Math.Exp((near.Values[i] - near.Values[best]) / temperature);
            }
            given[row] = Array.IndexOf(votes, votes.Max());
        }
    }
}
