using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.Mixture;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Features;
using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>
/// The clusters that the clustering phase starts from: of three mixtures and of spectral clustering of the codes, those in which two views
/// of an image share the most mutual information. Which of them is right differs between networks and seeds.
/// </summary>
static class ClusterStart
{
    const int MixtureCount = 3;

    // Images whose views are compared.
    const int MostCompared = 5000;

    /// <summary>Starts <paramref name="clusters"/> from the best candidate.</summary>
    /// <param name="clusters">Clusters of the codes.</param>
    /// <param name="encoder">Codes [N,D] of images [N,C,H,W].</param>
    /// <param name="options">Number of clusters, and how views are drawn.</param>
    /// <param name="job">The training images.</param>
    /// <returns>The mutual information of each candidate in nats, mixtures first.</returns>
    public static double[] Apply(CodeClusters clusters, Func<Tensor, Tensor> encoder, AutoencoderOptions options, GradientJob job)
    {
        using IDisposable scope = NewDisposeScope(), ungraded = no_grad();
        Tensor codes = job.Predict(encoder); // [N,D]
        Tensor[] views = Views(encoder, options, job), candidates = [.. Candidates(codes, options, job)]; // two of [M,D], some of [N,K]
        double[] information = [.. candidates.Select(Information)];
        clusters.Start(codes, candidates[Array.IndexOf(information, information.Max())]);
        return information;

        double Information(Tensor labels)
        {
            clusters.Start(codes, labels);
            Tensor[] probability = [.. views.Select(code => clusters.Logits(code).softmax(1))]; // two of [M,K]
            return -MutualInformationLoss.Compute(probability[0], probability[1]).ToSingle();
        }
    }

    // Soft labels [N,K] each.
    static IEnumerable<Tensor> Candidates(Tensor codes, AutoencoderOptions options, GradientJob job)
    {
        using Tensor here = codes.cpu();
        var rows = new Rows(here.data<float>().ToArray(), (int)here.shape[1]);
        for (int i = 0; i < MixtureCount; i++)
        {
            GaussianMixtureOptions mixture = new ClustererFactory(job.Seed * MixtureCount + i, job.Threads).Mixture(options.ClusterCount);
            double[] labels = Clustering.Mixture.GaussianMixture.Fit(rows, mixture).Probabilities(rows, job.Threads);
            yield return tensor(labels, [rows.Count, options.ClusterCount], ScalarType.Float32, job.Device);
        }
        yield return ClusterLabels.Of(codes, options.ClusterCount, job).to(job.Device);
    }

    // Codes of two views of the first images, evenly taken ones where there are more.
    static Tensor[] Views(Func<Tensor, Tensor> encoder, AutoencoderOptions options, GradientJob job)
    {
        int count = Math.Min(MostCompared, job.Data.Count);
        int[] samples = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * job.Data.Count / count))];
        using var drawer = new ViewDrawer(options.Augmentation, job, viewCount: 2);
        return [.. drawer.Draw(new Batch(options.ClusterStart, 0, samples)).Select(encoder)];
    }
}
