using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Heads;
using Toolchain.Train.Core;
using Toolchain.Train.Features;

namespace Toolchain.Train.Models.KMeans;

/// <summary>Options of k-means on pixels.</summary>
sealed record KMeansSystemOptions : PixelOptions
{
    /// <summary>Number of clusters (K). The poster's code had 30.</summary>
    public int ClusterCount { get; init; } = 10;

    /// <inheritdoc/>
    public override string? ClassesOption => nameof(ClusterCount);

    /// <summary>Initializations; the one of lowest inertia is kept.</summary>
    public int Restarts { get; init; } = 3;

    /// <summary>Maximum iterations of each initialization.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>Images of a mini-batch (Sculley 2010), of which maxIterations are drawn; 0 iterates over all images.</summary>
    public int BatchSize { get; init; }

    /// <summary>Clusters by angle instead of distance: images and centres have unit length (Dhillon and Modha 2001).</summary>
    public bool Cosine { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Require(ClusterCount >= 1, nameof(ClusterCount), "at least 1", ClusterCount);
        Require(Restarts >= 1, nameof(Restarts), "at least 1", Restarts);
        Require(MaxIterations >= 1, nameof(MaxIterations), "at least 1", MaxIterations);
        Require(BatchSize >= 0, nameof(BatchSize), "at least 0", BatchSize);
    }
}

/// <summary>
/// The first system of the poster: k-means in pixel space. Graph: image [N,C,H,W] - features [N,D], the pixels themselves unless asked
/// otherwise - nearest centre.
/// </summary>
static class KMeansSystem
{
    public static FittedModel Fit(KMeansSystemOptions options, FitJob job)
    {
        FittedModel.RequireImages(job.Data.Count, options.ClusterCount, "clusterCount");
        KMeansOptions settings = job.Clusterers.KMeans(options.ClusterCount) with
        {
            Restarts = options.Restarts,
            MaxIterations = options.MaxIterations,
            BatchSize = options.BatchSize,
            Cosine = options.Cosine,
        };
        var graph = new GraphBuilder("kmeans");
        Value image = graph.Input("image", ElementType.Float32, ImageInput.Of(job.Data.Shape)), rows;
        KMeansResult result;
        double[,] centres;
        PixelOptions applied = options.For(job.Data);
        if (PixelFeatures.ArePixels(applied))
        {
            rows = graph.Flatten(image); // [N,C*H*W]
            result = KMeansClustering.Fit(new ByteRows(job.Data.Pixels, job.Data.Shape.Size), settings);
            centres = result.CentreTable();
        }
        else
        {
            var features = PixelFeatures.Fit(job.Data, applied, job.Clusterers.Threads);
            rows = features.Build(graph, image);
            result = KMeansClustering.Fit(features.Rows, settings);
            centres = features.ToPixels(result.CentreTable());
            graph.Output("embedding", graph.Cast(rows, ElementType.Float32));
        }
        Value placed = options.Cosine ? PixelFeatures.Unit(graph, graph.Cast(rows, ElementType.Float64)) : rows;
        (Value probability, Value cluster) = ClusterHead.KMeans(graph, placed, result.CentreTable(), result.Variance());
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        string summary =
            string.Create(CultureInfo.InvariantCulture,
            $"inertia {result.Inertia:g6} after {(options.BatchSize > 0 ? $"{options.MaxIterations} mini-batches"
                : $"{result.Iterations} iterations")}{(result.Converged ? "" : ", not converged: raise maxIterations")}")
            + FittedModel.EmptyNote(result.Labels, options.ClusterCount, "clusterCount");
        double[] shares =
            [.. Enumerable.Range(0, options.ClusterCount)
            .Select(cluster => (double)result.Labels.Count(label => label == cluster) / result.Labels.Length)];
        return new FittedModel(graph, result.Labels, result.Iterations, summary, CentreSheet.Encode(centres, job.Data.Preprocess, shares));
    }
}
