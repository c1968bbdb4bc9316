using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Heads;
using Toolchain.Train.Methods;
using Toolchain.Train.Running;

namespace Toolchain.Train.Models.GaussianMixture;

/// <summary>Options of the Gaussian mixture on pixels.</summary>
public sealed record GaussianMixtureSystemOptions : MethodOptions
{
    /// <summary>Number of components (K). The poster's code swept 10 to 130.</summary>
    public int ComponentCount { get; init; } = 10;

    /// <summary>Principal components kept (D), whitened. The poster's sweep had its best figures at 26 (70 % of the variance).</summary>
    public int Dimensions { get; init; } = 26;

    /// <summary>Most passes of expectation-maximisation.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Added to the diagonal of every covariance.</summary>
    public double Regularization { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override void Check()
    {
        Require(ComponentCount >= 1, nameof(ComponentCount), "at least 1", ComponentCount);
        Require(Dimensions is >= 1 and <= DigitSet.PixelCount, nameof(Dimensions), $"in [1..{DigitSet.PixelCount}]", Dimensions);
        Require(MaxIterations >= 1, nameof(MaxIterations), "at least 1", MaxIterations);
        Require(Regularization >= 0, nameof(Regularization), "at least 0", Regularization);
    }
}

/// <summary>
/// The second system of the poster: a mixture with full covariances on whitened principal components. Graph: image [N,1,28,28] - flatten
/// [N,784] - centre and project [N,D], the embedding - densities [N,K].
/// </summary>
static class GaussianMixtureSystem
{
    public static FittedModel Fit(GaussianMixtureSystemOptions options, TrainingRequest request)
    {
        Rows pixels = Rows.FromBytes(request.Digits.Pixels, DigitSet.PixelCount);
        Pca pca = Pca.Fit(pixels, options.Dimensions, whiten: true, request.Threads);
        Rows projected = pca.Project(pixels, request.Threads);
        Clustering.GaussianMixture mixture = Clustering.GaussianMixture.Fit(projected, new GaussianMixtureOptions
        {
            ComponentCount = options.ComponentCount,
            MaxIterations = options.MaxIterations,
            Regularization = options.Regularization,
            Seed = request.Seed,
            Threads = request.Threads,
        });
        var graph = new GraphBuilder("gmm");
        Value image = graph.Input("image", ElementType.Float32, new Shape("N", 1, DigitSet.Side, DigitSet.Side));
        Value embedding = Project(graph, graph.Flatten(image), pca);
        (Value probability, Value cluster) = ClusterHead.GaussianMixture(graph, embedding, mixture.Means, mixture.PrecisionFactors, mixture.LogBias);
        graph.Output("embedding", graph.Cast(embedding, ElementType.Float32));
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        string summary = string.Create(CultureInfo.InvariantCulture, $"log-likelihood {mixture.LogLikelihood:f4} per image after {mixture.Iterations} passes{(mixture.Converged ? "" : ", not converged: raise maxIterations")}");
        return new FittedModel(graph, mixture.Assign(projected, request.Threads), mixture.Iterations, summary);
    }

    // (x - mean) A as x A - mean A, in float64.
    static Value Project(GraphBuilder graph, Value x, Pca pca)
    {
        int width = pca.Mean.Length, count = pca.Variances.Length;
        var shift = new double[count];
        for (int axis = 0; axis < count; axis++)
        {
            for (int i = 0; i < width; i++)
            {
                shift[axis] -= pca.Mean[i] * pca.Axes[i, axis];
            }
        }
        Value axes = graph.Initializer("pca.axes", TensorData.Of(pca.Axes.Cast<double>().ToArray(), width, count));
        return graph.Gemm(graph.Cast(x, ElementType.Float64), axes, graph.Initializer("pca.shift", TensorData.Of(shift, count)));
    }
}
