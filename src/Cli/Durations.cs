using System.Globalization;

namespace Toolchain.Cli;

/// <summary>Reads times such as 90s, 20m, 1.5h.</summary>
static class Durations
{
    /// <summary>The time of <paramref name="text"/>.</summary>
    /// <exception cref="ArgumentException">It is no positive number followed by s, m or h.</exception>
    public static TimeSpan Parse(string text)
    {
        double seconds = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 } : 0;
        return seconds > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            && count > 0 && count * seconds < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(count * seconds)
            : throw new ArgumentException($"--time '{text}': expected a number followed by s, m or h, such as 20m.");
    }
}
