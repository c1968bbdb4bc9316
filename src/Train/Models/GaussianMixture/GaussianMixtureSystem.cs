using System.Globalization;
using Toolchain.Clustering.Mixture;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Heads;
using Toolchain.Train.Core;
using Toolchain.Train.Features;

namespace Toolchain.Train.Models.GaussianMixture;

/// <summary>Options of the Gaussian mixture on pixels.</summary>
sealed record GaussianMixtureSystemOptions : PixelOptions
{
    /// <summary>Number of components (K). The poster's code swept 10 to 130.</summary>
    public int ComponentCount { get; init; } = 10;

    /// <inheritdoc/>
    public override string? ClassesOption => nameof(ComponentCount);

    /// <summary>The poster's sweep had its best figures at 26 whitened components (70 % of the variance).</summary>
    public GaussianMixtureSystemOptions() => (Dimensions, Whiten) = (26, true);

    /// <summary>Type of the covariances.</summary>
    public CovarianceKind Covariance { get; init; } = CovarianceKind.Full;

    /// <summary>Fits; the one of highest likelihood is kept.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Maximum iterations of expectation-maximisation.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Added to the diagonal of every covariance.</summary>
    public double Regularization { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Require(ComponentCount >= 1, nameof(ComponentCount), "at least 1", ComponentCount);
        Require(Restarts >= 1, nameof(Restarts), "at least 1", Restarts);
        Require(MaxIterations >= 1, nameof(MaxIterations), "at least 1", MaxIterations);
        Require(Regularization >= 0, nameof(Regularization), "at least 0", Regularization);
    }
}

/// <summary>
/// The second system of the poster: a mixture with full covariances on whitened principal components. Graph: image [N,C,H,W] - flatten
/// [N,C*H*W] - centre and project [N,D], the embedding - densities [N,K].
/// </summary>
static class GaussianMixtureSystem
{
    public static FittedModel Fit(GaussianMixtureSystemOptions options, FitJob job)
    {
        FittedModel.RequireImages(job.Data.Count, options.ComponentCount, "componentCount");
        var features = PixelFeatures.Fit(job.Data, options.For(job.Data), job.Clusterers.Threads);
        Clustering.Mixture.GaussianMixture mixture = Clustering.Mixture.GaussianMixture.Fit(features.Rows,
            job.Clusterers.Mixture(options.ComponentCount) with
            {
                Covariance = options.Covariance,
                Restarts = options.Restarts,
                MaxIterations = options.MaxIterations,
                Regularization = options.Regularization,
                VarianceFloor = 0, // the columns are whitened
            });
        var graph = new GraphBuilder("gmm");
        Value image = graph.Input("image", ElementType.Float32, ImageInput.Of(job.Data.Shape));
        Value embedding = features.Build(graph, image);
        (Value probability, Value cluster) = ClusterHead.GaussianMixture(graph, embedding, mixture.Means, mixture.PrecisionFactors,
            mixture.LogBias);
        graph.Output("embedding", graph.Cast(embedding, ElementType.Float32));
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        int[] labels = mixture.Assign(features.Rows, job.Clusterers.Threads);
        string summary =
            string.Create(CultureInfo.InvariantCulture,
            $"log-likelihood {mixture.LogLikelihood:f4} per image after {mixture.Iterations} iterations"
            + $"{(mixture.Converged ? "" : ", not converged: raise maxIterations")}")
            + FittedModel.EmptyNote(labels, options.ComponentCount, "componentCount");
        return new FittedModel(graph, labels, mixture.Iterations, summary,
            CentreSheet.Encode(features.ToPixels(mixture.Means), job.Data.Preprocess, mixture.Weights));
    }
}
