using System.Globalization;

namespace Toolchain.Inference;

/// <summary>Whether a source as a whole looks like the images that a calibrated model was trained on (docs/reference/novelty.md).</summary>
public static class SourceNovelty
{
    // Of images like the training images 1 in 100 is foreign, and no digit of MNIST has more than 17 in 100 at one of 256 centres.
    const double MostForeign = 0.5, MostUnusual = 0.02, MostAlike = 0.5;

    // Shares of fewer images, and fewer foreign ones, say little.
    const int LeastImages = 100, LeastForeign = 10;

    /// <summary>A line that says what is unusual about the source, or null.</summary>
    public static string? WarningOf(EmbedReport report)
    {
        double foreign = (report.ForeignCount ?? 0) / (double)Math.Max(1, report.Count);
        bool areMany = report.Count >= LeastImages;
        return foreign > MostForeign
            ? $"warning: out-of-distribution images: {Share(foreign, 0)} lie farther from the training images than "
                + $"{Share(Novelty.Quantile, 0)} of those do; the model's output is not meaningful"
            : areMany && report.LargestShare > MostAlike
            ? $"warning: out-of-distribution images: {Share(report.LargestShare, 0)} are nearest to a single centre of the "
                + "training images; the model's output is not meaningful"
            : report.ForeignCount >= LeastForeign && foreign > MostUnusual
            ? $"warning: the images differ from the training images: {Share(foreign, 1)} lie farther away than "
                + $"{Share(Novelty.Quantile, 0)} of those do; expect lower accuracy"
            : null;
    }

    static string Share(double share, int decimals) => share.ToString($"p{decimals}", CultureInfo.InvariantCulture);
}
