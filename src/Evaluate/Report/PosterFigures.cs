using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>An accuracy printed on the poster.</summary>
/// <param name="Method">Our name of the system.</param>
/// <param name="Protocol">What its code did, in words.</param>
/// <param name="Percent">The figure.</param>
/// <param name="IsStrict">Whether that is what our strict protocol does; else it is our poster protocol.</param>
sealed record PosterFigure(string Method, string Protocol, string Percent, bool IsStrict = false);

/// <summary>All figures printed on the poster, to stand beside ours where the protocol is the same.</summary>
public static class PosterFigures
{
    /// <summary>
    /// Accuracies of moco in percent, in [0..100]: a row for each key momentum (0.9, 0.99, 0.999, 0.9999), in it one for each queue length
    /// (16, 32, 64, 128, 256), which in the poster's code was the embedding size.
    /// </summary>
    public static IReadOnlyList<double> MoCoAblation { get; } =
    [
        91.38, 95.11, 95.16, 95.31, 94.42,
        92.98, 93.27, 96.91, 96.14, 95.36,
        92.91, 94.29, 96.23, 94.87, 93.39,
        91.2, 93.80, 94.46, 93.67, 94.03,
    ];

    /// <summary>
    /// Accuracies of ten k-means clusters of capsules, mapped one-to-one, in percent: of 30, 40 and 60 parts with 16, 32 and 40 objects.
    /// </summary>
    public static IReadOnlyList<double> CapsulesAblation { get; } = [97.50, 98.54, 91.65];

    /// <summary>Linear probes of the same, in percent.</summary>
    public static IReadOnlyList<double> CapsulesLinear { get; } = [98.47, 99.06, 96.74];

    /// <summary>What the poster has for the protocol of <paramref name="row"/>; null where it has nothing alike.</summary>
    internal static PosterFigure? Of(EvaluationRow row) => All.FirstOrDefault(figure => figure.Method == row.Method
        && (row.Protocol == Protocol.Poster || (figure.IsStrict && row.Clusterer is Clusterer.Own or Clusterer.KMeans)));

    internal static IReadOnlyList<PosterFigure> All { get; } =
    [
        new("kmeans", "30 clusters, majority vote", "75.2 %"),
        new("gmm", "110 components on whitened PCA, majority vote", "80.8 %"),
        new("autoencoder", "40 components, majority vote", "91.2 %"),
        new("infogan", "10-way code, best one-to-one map", "92.0 %", IsStrict: true),
        new("moco", "130 components, majority vote", "96.9 %"),
        new("capsules", "k-means 10 on presences, one-to-one map", "98.54 %", IsStrict: true),
    ];
}
