using Toolchain.Data;
using Toolchain.Deploy.Bundles;
using Toolchain.Inference;

namespace Toolchain.Deploy.Runtimes;

/// <summary>A model whose runtimes are compared, and a folder with its bundle and the images for their scripts.</summary>
/// <param name="Model">The model.</param>
/// <param name="Names">Its clusters and their names.</param>
/// <param name="Images">The images.</param>
/// <param name="Expected">Accuracy that a bundle states of these images; null where it states none.</param>
/// <param name="Folder">Holds <c>bundle</c>, <c>data</c> and <c>few</c>, the data of slow runtimes.</param>
sealed record CheckedModel(BundleModel Model, ClusterNames Names, ImageSet Images, double? Expected, string Folder)
{
    /// <summary>Images of slow runtimes.</summary>
    public const int Few = 128;

    /// <summary>Outputs of ONNX Runtime on the processor, which the others are compared with.</summary>
    public required RuntimeOutputs Reference { get; init; }

    /// <summary>The folder of the bundle.</summary>
    public string Bundle => Path.Combine(Folder, "bundle");

    /// <summary>The folder of IDX files.</summary>
    public string Data(bool isSlow) => Path.Combine(Folder, isSlow ? "few" : "data");

    /// <summary>Runs the model in this process.</summary>
    public static RuntimeOutputs Run(EncoderSession session, ClusterNames names, ImageSet images, CancellationToken cancellation)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Embeddings found = session.Run(images, null, cancellation);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new(RuntimeInfo.Version, images.Count, seconds, found.Values, found.Probabilities, names.ClustersOf(found));
    }

    /// <summary>The row of a runtime.</summary>
    /// <param name="runtime">Its name.</param>
    /// <param name="family">Whose tolerances it has.</param>
    /// <param name="found">What it gave.</param>
    public RuntimeRow Judge(string runtime, string family, RuntimeOutputs found)
    {
        ImageSet images = Images.Take(found.Images);
        List<string> misses = found.Miss is null ? [] : [found.Miss];
        double worst = Math.Max(Compare("embedding", found.Embedding, Reference.Embedding, Model.Session.Dimension),
            Compare("probability", found.Probability, Reference.Probability, Model.Session.ClusterCount));
        int? changed = found.Clusters is null || Reference.Clusters is null ? null
            : found.Clusters.Zip(Reference.Clusters).Count(pair => pair.First != pair.Second);
        double? accuracy = Names.Accuracy(found.Clusters, images);
        double? expected = found.Images == Images.Count && Expected is not null ? Expected
            : Names.Accuracy(Reference.Clusters?[..found.Images], images);
        double allowed = Tolerances.Accuracy(found.Images);
        if (changed > allowed * found.Images)
        {
            misses.Add(FormattableString.Invariant($"{changed} changed clusters, {allowed * found.Images:f0} allowed"));
        }
        if (expected is double stated && !(Math.Abs((accuracy ?? 0) - stated) <= allowed))
        {
            misses.Add($"accuracy {ModelVariant.Share(accuracy)}, expected {ModelVariant.Share(expected)}");
        }
        return new(runtime, found.Version, found.Images, accuracy, found.VectorDifference ?? worst, changed,
            found.Images / found.Seconds, misses.Count == 0, misses.Count == 0 ? null : string.Join("; ", misses));

        double Compare(string output, float[] theirs, float[] ours, int width)
        {
            if (theirs.Length == 0 || width == 0)
            {
                return 0;
            }
            double tolerance = Tolerances.Of(Model, family, output), most = theirs.Length == found.Images * width ? 0 : double.NaN;
            for (int i = 0; i < theirs.Length && !double.IsNaN(most); i++)
            {
                most = Math.Max(most, Math.Abs((double)theirs[i] - ours[i]) / Math.Max(1, Math.Abs(ours[i])));
            }
            if (!(most <= tolerance))
            {
                misses.Add(FormattableString.Invariant($"'{output}' differs by {most:g2}, {tolerance:g2} allowed"));
            }
            return most;
        }
    }
}
