using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.KMeans;
using Toolchain.Data;
using Toolchain.Inference;

namespace Toolchain.Evaluate;

/// <summary>Fits <see cref="Novelty"/> to the embeddings of a model's training images; no labels.</summary>
public static class NoveltyFit
{
    /// <summary>Centres: 32 KB of a model of 64 numbers; more find little more (docs/reference/novelty.md).</summary>
    public const int Centres = 256;

    /// <summary>Images below which nothing is fitted.</summary>
    public const int LeastImages = 600;

    // One image in six is held out, as many as MNIST has test images.
    const int HeldOutEvery = 6;

    /// <summary>The fit, or null where the embeddings do not differ.</summary>
    /// <param name="embeddings">Of at least <see cref="LeastImages"/> training images, float32 [N,D].</param>
    /// <param name="seed">Of the centres.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The same bits for any number.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Novelty? Of(Embeddings embeddings, int seed, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddings.Count, LeastImages);
        int width = embeddings.Dimension;
        ILookup<bool, int> rows = Enumerable.Range(0, embeddings.Count).ToLookup(row => row % HeldOutEvery == HeldOutEvery - 1);
        float[] fitted = new float[rows[false].Count() * width];
        foreach ((int place, int row) in rows[false].Index())
        {
            Row(row).CopyTo(fitted.AsSpan(place * width));
        }
        KMeansOptions options = new ClustererFactory(seed, threads, cancellation).KMeans(Centres);
        float[] centres = [.. KMeansClustering.Fit(new Rows(fitted, width), options).CentreTable().Cast<double>()
            .Select(value => (float)value)];
        // Any distance will do to measure distances.
        var measure = new Novelty(centres, width, 1);
        float[] distances = [.. rows[true].Select(row => measure.Nearest(Row(row)).Distance).Order()];
        float distance = distances[(int)(Novelty.Quantile * distances.Length)];
        return distance > 0 ? new Novelty(centres, width, distance) : null;

        ReadOnlySpan<float> Row(int row) => embeddings.Values.AsSpan(row * width, width);
    }

    /// <summary>Puts a fit into a model's metadata.</summary>
    /// <param name="metadata">Gets the fit and the digest of its images.</param>
    /// <param name="novelty">The fit.</param>
    /// <param name="data">The training images.</param>
    public static void AddTo(IDictionary<string, string> metadata, Novelty novelty, ImageSet data)
    {
        metadata[ModelKeys.Novelty] = novelty.ToText();
        metadata[ModelKeys.NoveltyDatasetSha256] = data.Sha256;
    }
}
