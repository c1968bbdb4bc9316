using Toolchain.Clustering.Fitting;
using Toolchain.Data;
using Toolchain.Graph.Building;

namespace Toolchain.Train.Core;

/// <summary>What a fit works on.</summary>
/// <param name="Data">The training images; labels are never read.</param>
/// <param name="Clusterers">Makes clusterers with the seed, threads and cancellation of the run.</param>
sealed record FitJob(ImageSet Data, ClustererFactory Clusterers);

/// <summary>What a fit found.</summary>
/// <param name="Graph">From <c>image</c> to the outputs, complete but for metadata.</param>
/// <param name="Labels">The engine's own label of each training image, to which the graph must agree.</param>
/// <param name="Iterations">Iterations of the fit that was kept.</param>
/// <param name="Summary">Inertia or likelihood, as a line for a person.</param>
/// <param name="Centres">A PNG of what the clusters have in their middle.</param>
sealed record FittedModel(GraphBuilder Graph, int[] Labels, int Iterations, string Summary, byte[] Centres)
{
    /// <summary>Requires at least as many images as clusters.</summary>
    /// <exception cref="ArgumentException">There are fewer; the option is named.</exception>
    public static void RequireImages(int images, int count, string option)
    {
        if (count > images)
        {
            throw new ArgumentException($"'{option}' must be at most the number of images, {images}, was {count}; give more images or "
                + $"--set {option}={images}.");
        }
    }

    /// <summary>What to add to the summary where no training image fell into some of the clusters; else nothing.</summary>
    public static string EmptyNote(int[] labels, int count, string option)
    {
        int empty = count - labels.Distinct().Count();
        return empty == 0 ? "" : $", {empty} of {count} clusters are empty: lower {option}";
    }
}
