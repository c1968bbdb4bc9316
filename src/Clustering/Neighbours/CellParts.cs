namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// Cells of many rows in parts of a limited size: many equal rows share a cell, and would make all work quadratic. The first part keeps
/// the number of its cell; the others come behind all cells.
/// </summary>
sealed class CellParts
{
    // Parts of cell c beyond its first: [firsts[c]..firsts[c+1]).
    readonly int[] firsts;

    /// <summary>Divides cells.</summary>
    /// <param name="cells">Cell of each row, [N], each in [0..count).</param>
    /// <param name="count">Number of cells.</param>
    /// <param name="limit">Most rows of a part.</param>
    public CellParts(int[] cells, int count, int limit)
    {
        var sizes = new int[count];
        Of = new int[cells.Length];
        foreach (int cell in cells)
        {
            sizes[cell]++;
        }
        firsts = new int[count + 1];
        firsts[0] = count;
        for (int cell = 0; cell < count; cell++)
        {
            firsts[cell + 1] = firsts[cell] + Math.Max(0, sizes[cell] - 1) / limit;
        }
        Array.Clear(sizes);
        for (int row = 0; row < cells.Length; row++)
        {
            int part = sizes[cells[row]]++ / limit;
            Of[row] = part == 0 ? cells[row] : firsts[cells[row]] + part - 1;
        }
    }

    /// <summary>Number of parts.</summary>
    public int Count => firsts[^1];

    /// <summary>The part of each row, [N].</summary>
    public int[] Of { get; }

    /// <summary>The parts to search, those of the nearest cells first.</summary>
    /// <param name="nearest">Cells, nearest first.</param>
    /// <param name="own">The part to begin with, or -1.</param>
    /// <param name="wanted">Gets parts; -1 behind the last where there are fewer.</param>
    public void Expand(ReadOnlySpan<int> nearest, int own, Span<int> wanted)
    {
        int at = 0;
        if (own >= 0)
        {
            wanted[at++] = own;
        }
        foreach (int cell in nearest)
        {
            Add(cell, wanted);
            for (int part = firsts[cell]; part < firsts[cell + 1]; part++)
            {
                Add(part, wanted);
            }
        }
        if (at < wanted.Length)
        {
            wanted[at] = -1;
        }

        void Add(int part, Span<int> wanted)
        {
            if (part != own && at < wanted.Length)
            {
                wanted[at++] = part;
            }
        }
    }
}
