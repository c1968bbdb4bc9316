using Toolchain.Data;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Models.Capsules;
using Toolchain.Train.Models.GaussianMixture;
using Toolchain.Train.Models.InfoGan;
using Toolchain.Train.Models.KMeans;
using Toolchain.Train.Models.MoCo;
using Toolchain.Train.Models.Refine;

namespace Toolchain.Train.Runs;

/// <summary>The systems, one line each. Contract and checkpoint tests, the command line and the help cover a new one from here.</summary>
public static class MethodRegistry
{
    /// <summary>All methods in the order of the poster.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        new FitMethod<KMeansSystemOptions>("kmeans", "k-means on pixels: the nearest of K mean images", new(), KMeansSystem.Fit)
        {
            HasEmbedding = false,
        },
        new FitMethod<GaussianMixtureSystemOptions>("gmm", "Gaussian mixture on whitened principal components of pixels", new(),
            GaussianMixtureSystem.Fit),
        new GradientMethod<AutoencoderOptions>("autoencoder", "fully connected autoencoder with a 12-dimensional code", new(),
            (options, job) => new AutoencoderTrainer(options, job)),
        new GradientMethod<InfoGanOptions>("infogan", "InfoGAN: a generator with a categorical code and a recognition network", new(),
            (options, job) => new InfoGanTrainer(options, job)),
        new GradientMethod<MoCoOptions>("moco", "momentum contrast with a small convnet", new(),
            (options, job) => new MoCoTrainer(options, job)),
        new GradientMethod<CapsulesOptions>("capsules", "stacked capsule autoencoder: parts from images, objects from parts", new(),
            (options, job) => new CapsulesTrainer(options, job)),
        new GradientMethod<RefineOptions>("refine", "a fresh network trained on another run's clusters (--set from=RUN)", new(),
            (options, job) => new RefineTrainer(options, job, TrainedEncoder.Open)),
    ];

    /// <summary>The method of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists all.</exception>
    public static Method Find(string name)
    {
        IEnumerable<string> known = All.Select(method => method.Name);
        string expected = NearestWord.Of(name, known) is string meant ? $", did you mean '{meant}'? Expected" : "; expected";
        return All.FirstOrDefault(method => method.Name == name)
            ?? throw new ArgumentException($"no method '{name}'{expected} one of {string.Join(", ", known)}.");
    }
}
