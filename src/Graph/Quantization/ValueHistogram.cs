namespace Toolchain.Graph.Quantization;

/// <summary>How often a tensor takes which values: first its ends, then the counts between them.</summary>
sealed class ValueHistogram
{
    // 16 for each of the 256 steps.
    const int Bins = 4096;

    readonly long[] counts = new long[Bins];
    double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;

    /// <summary>From the lowest to the highest value.</summary>
    public ActivationRange Whole => lowest <= highest ? new(lowest, highest) : default;

    /// <summary>Takes the values into the range.</summary>
    public void Stretch(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
        }
    }

    /// <summary>Counts values, which the range must hold.</summary>
    public void Count(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            counts[highest > lowest ? (int)Math.Min(Bins - 1, (value - lowest) / (highest - lowest) * Bins) : 0]++;
        }
    }

    /// <summary>The range without the outermost values: that many per cent of all are at or inside each of its ends.</summary>
    public ActivationRange Inside(double percentile)
    {
        double outside = counts.Sum() * (100 - percentile) / 100, width = (highest - lowest) / Bins;
        (int first, int last) = (0, Bins - 1);
        for (double left = outside - counts[0]; left >= 0 && first < last; left -= counts[++first])
        {
        }
        for (double left = outside - counts[last]; left >= 0 && last > first; left -= counts[--last])
        {
        }
        return lowest <= highest ? new(lowest + first * width, lowest + (last + 1) * width) : default;
    }
}
