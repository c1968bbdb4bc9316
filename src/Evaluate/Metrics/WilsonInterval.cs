namespace Toolchain.Evaluate.Metrics;

/// <summary>
/// The 95 % interval of a share (Wilson 1927): how far the figure of one model may lie from its true rate by the choice of test images.
/// </summary>
public static class WilsonInterval
{
    const double Z = 1.959963984540054; // the normal distribution's 97.5 % point

    /// <summary>Lower and upper end, in [0..1].</summary>
    /// <param name="share">Share of successes, in [0..1].</param>
    /// <param name="count">Number of trials, at least 1.</param>
    public static (double Low, double High) Of(double share, int count)
    {
        double scale = 1 + Z * Z / count;
        double centre = (share + Z * Z / (2 * count)) / scale;
        double half = Z / scale * Math.Sqrt(share * (1 - share) / count + Z * Z / (4.0 * count * count));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
