using Toolchain.Clustering;
using Toolchain.Clustering.Projection;

namespace Toolchain.Evaluate.Metrics;

/// <summary>How embeddings fill their space.</summary>
/// <param name="EffectiveRank">
/// exp of the entropy of the covariance's eigenvalues, in [1..D] (Roy and Vetterli 2007, "The effective rank", section 2, of variances):
/// near 1 the embeddings have collapsed to a line. Needs no labels. Null where all rows are equal.
/// </param>
/// <param name="Uniformity">
/// Log of the mean of exp(-2 d^2) over pairs of unit rows, in [-8..0] (Wang and Isola 2020, "Understanding contrastive representation
/// learning", section 4.1 with t = 2): lower is more evenly spread. Needs no labels. Null for a single row.
/// </param>
/// <param name="Alignment">
/// Mean d^2 of pairs of unit rows of the same class, in [0..4] (the same paper and section): lower is closer. Needs labels. Null where no
/// two are of one class.
/// </param>
public sealed record EmbeddingGeometry(double? EffectiveRank, double? Uniformity, double? Alignment)
{
    // Rows whose pairs are taken: two million pairs.
    const int Sampled = 2000;

    /// <summary>Of rows [N,D] with the class of each; pairs are those of at most 2,000 rows, evenly taken.</summary>
    /// <param name="rows">Embeddings [N,D], N at least 1.</param>
    /// <param name="labels">Class of each; empty where they are not known.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    public static EmbeddingGeometry Of(Rows rows, ReadOnlySpan<int> labels, int threads = 0)
    {
        double[] variances = Pca.Fit(rows, rows.Width, whiten: false, threads).Variances;
        double total = variances.Sum(variance => Math.Max(0, variance));
        double entropy = variances.Where(variance => variance > 0).Sum(variance => -variance / total * Math.Log(variance / total));
        int[] taken = EvenSample.Of(rows.Count, Sampled);
        float[][] unit = [.. taken.Select(row => Unit(rows[row]))];
        double kernels = 0, distances = 0;
        long pairs = 0, alike = 0;
        for (int i = 0; i < taken.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double square = NeighbourhoodQuality.SquaredDistance(unit[i], unit[j]);
                kernels += Math.Exp(-2 * square);
                pairs++;
                if (labels.Length > 0 && labels[taken[i]] == labels[taken[j]])
                {
                    distances += square;
                    alike++;
                }
            }
        }
        return new EmbeddingGeometry(total > 0 ? Math.Exp(entropy) : null, pairs > 0 ? Math.Log(kernels / pairs) : null,
            alike > 0 ? distances / alike : null);
    }

    static float[] Unit(ReadOnlySpan<float> row)
    {
        double square = 0;
        foreach (float value in row)
        {
            square += (double)value * value;
        }
        var unit = new float[row.Length];
        for (int i = 0; i < unit.Length && square > 0; i++)
        {
            unit[i] = (float)(row[i] / Math.Sqrt(square));
        }
        return unit;
    }
}
