using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Evaluate.Metrics;

/// <summary>The weighted nearest-neighbour classifier by which embeddings are compared (Wu et al. 2018, "Unsupervised Feature Learning via
/// Non-Parametric Instance Discrimination", section 3.4).</summary>
public static class NearestNeighbours
{
    /// <summary>
    /// Share of test images that their neighbours name rightly, in [0..1], for each number of neighbours that vote. Uses the training
    /// labels.
    /// </summary>
    /// <param name="train">Embeddings [N,D].</param>
    /// <param name="trainLabels">Their classes.</param>
    /// <param name="test">Embeddings [M,D].</param>
    /// <param name="testLabels">Their classes.</param>
    /// <param name="counts">Neighbours that vote; more than N are N.</param>
    /// <param name="temperature">Each vote weighs exp(cosine / temperature).</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public static double[] Accuracy(Rows train, ReadOnlySpan<int> trainLabels, Rows test, ReadOnlySpan<int> testLabels, int[] counts,
        double temperature = .07, int threads = 0)
    {
        int[] truth = testLabels.ToArray();
        return [.. Assign(train, trainLabels, test, counts, temperature, threads)
            .Select(given => (double)given.Zip(truth).Count(pair => pair.First == pair.Second) / truth.Length)];
    }

    /// <summary>
    /// The class of each test image for each number of neighbours that vote, [counts][M]; of equal votes the smaller number.
    /// </summary>
    internal static int[][] Assign(Rows train, ReadOnlySpan<int> trainLabels, Rows test, int[] counts, double temperature = .07,
        int threads = 0)
    {
        (int used, int[] indices, float[] similarities) = NeighbourSearch.Cosine(test, train, Math.Min(counts.Max(), train.Count), threads);
        int classCount = trainLabels.ToArray().Max() + 1;
        int[][] given = [.. counts.Select(_ => new int[test.Count])];
        for (int row = 0; row < test.Count; row++)
        {
            for (int choice = 0; choice < counts.Length; choice++)
            {
                var votes = new double[classCount];
                for (int i = row * used; i < row * used + Math.Min(counts[choice], used); i++)
                {
                    // Only differences matter: taken from the best neighbour, the exponent cannot overflow.
                    votes[trainLabels[indices[i]]] += Math.Exp((similarities[i] - similarities[row * used]) / temperature);
                }
                given[choice][row] = Array.IndexOf(votes, votes.Max());
            }
        }
        return given;
    }
}
