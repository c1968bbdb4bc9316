using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Inference;

namespace Toolchain.Evaluate;

/// <summary>How a changed model, such as a quantized one, compares with the original on the same test images.</summary>
/// <param name="Cosine">Mean cosine similarity of both models' embeddings, in [-1..1]; null without embeddings.</param>
/// <param name="OriginalAccuracy">k-NN accuracy (k=20) of the original, in [0..1]; null without labels or embeddings.</param>
/// <param name="Accuracy">k-NN accuracy (k=20) of the changed model; null where that of the original is.</param>
/// <param name="SameClusters">Share of images that both models put into the same cluster, in [0..1]; null without clusters.</param>
/// <param name="Images">Number of test images.</param>
public sealed record ModelComparison(double? Cosine, double? OriginalAccuracy, double? Accuracy, double? SameClusters, int Images)
{
    /// <summary>Neighbours of the k-NN accuracy.</summary>
    public const int NeighbourCount = 20;

    // Accuracy that may be lost beside two images that chance decides.
    const double MostLoss = .01, ChanceImages = 2;

    /// <summary>Whether the changed model loses more than one point of accuracy, beside what chance decides.</summary>
    public bool LosesAccuracy => OriginalAccuracy - Accuracy > MostLoss + ChanceImages / Images;

    /// <summary>Compares two models with the same outputs.</summary>
    /// <param name="original">The original.</param>
    /// <param name="changed">The changed model.</param>
    /// <param name="train">Images whose embeddings are the neighbours.</param>
    /// <param name="test">Images to compare on, at least one.</param>
    public static ModelComparison Of(EncoderSession original, EncoderSession changed, ImageSet train, ImageSet test)
    {
        Embeddings before = original.Run(test), after = changed.Run(test);
        bool hasEmbedding = before.Dimension > 0;
        bool isScored = hasEmbedding && train.Labels is not null && test.Labels is not null && train.Sha256 != test.Sha256;
        return new(hasEmbedding ? CosineOf(before, after) : null,
            isScored ? AccuracyOf(original.Run(train), train, before, test) : null,
            isScored ? AccuracyOf(changed.Run(train), train, after, test) : null,
            before.Clusters is long[] clusters ? Same(clusters, after.Clusters!) : null, test.Count);
    }

    static double AccuracyOf(Embeddings known, ImageSet train, Embeddings asked, ImageSet test) => NearestNeighbours.Accuracy(
        new(new Rows(known.Values, known.Dimension), train.Labels!), new(new Rows(asked.Values, asked.Dimension), test.Labels!),
        [NeighbourCount])[0];

    static double Same(long[] a, long[] b) => a.Zip(b).Average(pair => pair.First == pair.Second ? 1.0 : 0);

    static double CosineOf(Embeddings a, Embeddings b)
    {
        double sum = 0;
        for (int row = 0; row < a.Count; row++)
        {
            (double product, double squaresA, double squaresB) = (0, 0, 0);
            for (int i = row * a.Dimension; i < (row + 1) * a.Dimension; i++)
            {
                product += (double)a.Values[i] * b.Values[i];
                squaresA += (double)a.Values[i] * a.Values[i];
                squaresB += (double)b.Values[i] * b.Values[i];
            }
            sum += squaresA > 0 && squaresB > 0 ? product / Math.Sqrt(squaresA * squaresB) : squaresA == squaresB ? 1 : 0;
        }
        return sum / a.Count;
    }
}
