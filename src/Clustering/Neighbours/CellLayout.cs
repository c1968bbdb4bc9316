using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// Rows in the order of their cells. Each cell begins at a multiple of <see cref="Panels.Columns"/> slots; those that fill it up
/// hold zeros, and no row.
/// </summary>
sealed class CellLayout
{
    // Slots of cell c are at [starts[c]..starts[c+1]).
    readonly int[] starts;

    /// <summary>Lays out rows.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="cells">Cell of each row, [N].</param>
    /// <param name="count">Number of cells.</param>
    public CellLayout(Rows rows, int[] cells, int count)
    {
        var sizes = new int[count];
        foreach (int cell in cells)
        {
            sizes[cell]++;
        }
        starts = new int[count + 1];
        for (int cell = 0; cell < count; cell++)
        {
            starts[cell + 1] = checked(starts[cell] + (sizes[cell] + Panels.Columns - 1) / Panels.Columns * Panels.Columns);
        }
        Rows.RequireRoom(nameof(rows), starts[count], rows.Width);
        (RowOf, SlotOf) = (new int[starts[count]], new int[rows.Count]);
        Array.Fill(RowOf, -1);
        int[] next = starts[..count];
        var values = new float[starts[count] * rows.Width];
        for (int row = 0; row < rows.Count; row++)
        {
            int slot = next[cells[row]]++;
            (RowOf[slot], SlotOf[row]) = (row, slot);
            rows[row].CopyTo(values.AsSpan(slot * rows.Width));
        }
        Slots = new Rows(values, rows.Width);
        // Slots without a row never win.
        Norms = [.. RowOf.Select((row, slot) => row < 0 ? float.PositiveInfinity : VectorKernels.Dot(Slots[slot], Slots[slot]))];
        Panels = new Panels(values, rows.Width);
    }

    /// <summary>The row in each slot, or -1, [S].</summary>
    public int[] RowOf { get; }

    /// <summary>The slot of each row, [N].</summary>
    public int[] SlotOf { get; }

    /// <summary>The rows by slot, [S,D].</summary>
    public Rows Slots { get; }

    /// <summary>Squared lengths by slot, [S]; infinite in slots without a row.</summary>
    public float[] Norms { get; }

    /// <summary>The rows by slot, as tiles read them.</summary>
    public Panels Panels { get; }

    /// <summary>Panels [First..End) of a cell.</summary>
    public (int First, int End) PanelsOf(int cell) => (starts[cell] / Panels.Columns, starts[cell + 1] / Panels.Columns);
}
