namespace Toolchain.Clustering.Neighbours;

/// <summary>Settings of a <see cref="NeighbourIndex"/>; the defaults are measured in docs/benchmarks/scale.md.</summary>
public sealed record NeighbourIndexOptions
{
    /// <summary>Rows of an average cell, at least 1.</summary>
    public int CellSize { get; init; } = 512;

    /// <summary>Cells that are searched for a row, nearest first, at least 1. All of them give exact neighbours.</summary>
    public int Probes { get; init; } = 24;

    /// <summary>Passes over neighbours of neighbours when the neighbours of all rows are asked for, at least 0.</summary>
    public int Refinements { get; init; } = 2;

    /// <summary>Seed of the cells.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads; 0 uses all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Requires that every setting is in its range.</summary>
    /// <exception cref="ArgumentException">A setting is not.</exception>
    public void Check()
    {
        Require(CellSize, 1, nameof(CellSize));
        Require(Probes, 1, nameof(Probes));
        Require(Refinements, 0, nameof(Refinements));

        static void Require(int value, int least, string name)
        {
            if (value < least)
            {
                throw new ArgumentException($"'{name}' must be at least {least}, was {value}.");
            }
        }
    }
}
