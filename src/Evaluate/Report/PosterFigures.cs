namespace Toolchain.Evaluate.Report;

/// <summary>An accuracy printed on the poster.</summary>
/// <param name="Method">Our name of the system.</param>
/// <param name="Protocol">What its code did, in words.</param>
/// <param name="Percent">The figure.</param>
/// <param name="ComparedWith">Our protocol that does the same.</param>
sealed record PosterFigure(string Method, string Protocol, string Percent, string ComparedWith);

/// <summary>The accuracies printed on the poster, to stand beside ours where the protocol is the same.</summary>
static class PosterFigures
{
    public static readonly PosterFigure[] All =
    [
        new("kmeans", "30 clusters, majority vote", "75.2 %", "poster"),
        new("gmm", "110 components on whitened PCA, majority vote", "80.8 %", "poster"),
        new("autoencoder", "40 components, majority vote", "91.2 %", "poster"),
        new("infogan", "10-way code, best one-to-one map", "92.0 %", "strict"),
        new("moco", "130 components, majority vote", "96.9 %", "poster"),
        new("capsules", "k-means 10 on presences, one-to-one map", "98.54 %", "strict"),
    ];
}
