namespace Toolchain.Evaluate.Report;

/// <summary>An accuracy printed on the poster.</summary>
/// <param name="Method">Our name of the system.</param>
/// <param name="Protocol">What its code did, in words.</param>
/// <param name="Percent">The figure.</param>
/// <param name="IsStrict">Whether that is what our strict protocol does; else it is our poster protocol.</param>
sealed record PosterFigure(string Method, string Protocol, string Percent, bool IsStrict = false);

/// <summary>The accuracies printed on the poster, to stand beside ours where the protocol is the same.</summary>
static class PosterFigures
{
    public static readonly PosterFigure[] All =
    [
        new("kmeans", "30 clusters, majority vote", "75.2 %"),
        new("gmm", "110 components on whitened PCA, majority vote", "80.8 %"),
        new("autoencoder", "40 components, majority vote", "91.2 %"),
        new("infogan", "10-way code, best one-to-one map", "92.0 %", IsStrict: true),
        new("moco", "130 components, majority vote", "96.9 %"),
        new("capsules", "k-means 10 on presences, one-to-one map", "98.54 %", IsStrict: true),
    ];
}
