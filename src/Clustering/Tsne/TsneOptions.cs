using Toolchain.Clustering.Neighbours;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Settings of t-SNE; the defaults are those of scikit-learn 1.2, but for fewer and larger steps after the exaggerated ones.
/// </summary>
public sealed record TsneOptions
{
    // A perplexity of 1, the least there is, takes 3 neighbours.
    const int LeastRows = 4;

    /// <summary>Effective number of neighbours, at least 1.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Iterations of gradient descent.</summary>
    public int Iterations { get; init; } = 750;

    /// <summary>The first steps, in which attraction is exaggerated.</summary>
    public int ExaggeratedIterations { get; init; } = 250;

    /// <summary>Factor of the attraction in those, at least 1.</summary>
    public double Exaggeration { get; init; } = 12;

    /// <summary>How the neighbours are found.</summary>
    public NeighbourMode Neighbours { get; init; }

    /// <summary>Number of threads; 0 uses all processors.</summary>
    public int Threads { get; init; }

    /// <summary>The largest perplexity for so many rows; the default is lowered to it.</summary>
    public static double LargestPerplexity(int rowCount) => Math.Max(1, (rowCount - 1) / 3);

    /// <summary>Requires that every setting is in its range.</summary>
    /// <param name="count">Rows that are to be placed.</param>
    /// <exception cref="ArgumentException">A setting is not, or there are too few rows.</exception>
    public void Check(int count)
    {
        Require(count >= LeastRows, $"t-SNE needs at least {LeastRows} rows, found {count}.");
        Require(Perplexity >= 1, $"'perplexity' must be at least 1, was {Perplexity}.");
        Require(3 * Perplexity <= count - 1,
            $"'perplexity' must be in [1..{LargestPerplexity(count)}] for {count} rows, was {Perplexity}.");
        Require(Iterations >= 1, $"'iterations' must be at least 1, was {Iterations}.");
        Require(ExaggeratedIterations >= 0, $"'exaggeratedIterations' must be at least 0, was {ExaggeratedIterations}.");
        Require(Exaggeration >= 1, $"'exaggeration' must be at least 1, was {Exaggeration}.");
    }

    static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}

/// <summary>A 2-D embedding.</summary>
/// <param name="Coordinates">Coordinates [N,2], with mean 0.</param>
/// <param name="Divergence">Kullback-Leibler divergence of the embedding's similarities from the rows' (nats).</param>
public sealed record TsneResult(Rows Coordinates, double Divergence);
