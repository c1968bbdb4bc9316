using System.Globalization;

namespace Toolchain.Commands.Verbs;

/// <summary>Which principal components are fitted.</summary>
/// <param name="Asked">How many; null for the default.</param>
/// <param name="Whiten">Whether each is scaled to variance 1.</param>
/// <param name="Threads">Threads; 0 takes all processors.</param>
sealed record ComponentFit(int? Asked, bool Whiten, int Threads)
{
    /// <summary>The number of components of rows.</summary>
    /// <exception cref="ArgumentException">More were asked for than there are.</exception>
    public int CountOf(long rows, int width)
    {
        int most = (int)Math.Min(rows, width);
        return Asked is not int asked ? Math.Min(ComponentFitOptions.DefaultCount, most) : asked <= most ? asked
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"--components '{asked}': expected at most {most} for {rows} embeddings of {width} numbers."));
    }
}
