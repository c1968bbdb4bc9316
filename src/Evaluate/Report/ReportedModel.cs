using Toolchain.Clustering;
using Toolchain.Clustering.Tsne;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>What a report shows of a model besides its figures.</summary>
/// <param name="ModelOutputs">The model's outputs.</param>
/// <param name="Plot">Its t-SNE plot, or null.</param>
/// <param name="Run">What its training left beside the model.</param>
public sealed record ReportedModel(ModelOutputs ModelOutputs, TsnePlot? Plot, RunFiles Run);

/// <summary>The t-SNE plot of an even sample of test embeddings.</summary>
/// <param name="Images">The test images shown.</param>
/// <param name="Coordinates">Their coordinates [N,2].</param>
/// <param name="Divergence">Kullback-Leibler divergence of the 2-D embedding (nats).</param>
/// <param name="Quality">How well it keeps neighbourhoods.</param>
public sealed record TsnePlot(int[] Images, Rows Coordinates, double Divergence, NeighbourhoodQuality Quality)
{
    // Below it the neighbourhoods of t-SNE are most of the images.
    const int Fewest = 100;

    /// <summary>The plot of at most <paramref name="most"/> test embeddings; null where there are none or too few.</summary>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="most">Images to show; 0 for no plot.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The plot does not depend on it.</param>
    /// <param name="progress">Called with the number of iterations done.</param>
    public static TsnePlot? Of(ModelOutputs outputs, int most, int threads = 0, Action<int>? progress = null)
    {
        if (outputs.Test is not Rows rows || Math.Min(most, rows.Count) < Fewest)
        {
            return null;
        }
        int[] images = EvenSample.Of(rows.Count, most);
        var shown = new Rows(images.SelectMany(image => rows[image].ToArray()).ToArray(), rows.Width);
        TsneResult found = TsneEmbedding.Fit(shown, new TsneOptions { Threads = threads }, progress);
        return new TsnePlot(images, found.Coordinates, found.Divergence,
            NeighbourhoodQuality.Of(shown, found.Coordinates, threads: threads));
    }
}
