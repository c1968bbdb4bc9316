using System.Globalization;

namespace Toolchain.Cli.Sweeps;

/// <summary>A sweep as Markdown: a row a cell, or with two axes one table for each figure.</summary>
static class SweepTable
{
    /// <summary>The tables; the poster's protocol and figures only where the cells have them.</summary>
    /// <param name="grid">What was swept.</param>
    /// <param name="cells">Its cells, in order.</param>
    /// <param name="clusters">Clusters of the strict protocol.</param>
    public static string Markdown(SweepGrid grid, IReadOnlyList<SweepCell> cells, int clusters)
    {
        var parts = new List<string>();
        bool hasPoster = cells.All(cell => cell.Poster is not null);
        if (hasPoster)
        {
            parts.Add(Part(grid, "poster's protocol (%)", [.. cells.Select(cell => 100 * cell.Poster!.Value)]));
        }
        if (hasPoster && grid.Poster.Count > 0)
        {
            parts.Add(Part(grid, "poster's figure (%)", grid.Poster));
        }
        if (grid.PosterLinear.Count > 0)
        {
            parts.Add(Part(grid, "linear probe (%)", [.. cells.Select(cell => 100 * cell.Linear)]));
        }
        if (hasPoster && grid.PosterLinear.Count > 0)
        {
            parts.Add(Part(grid, "poster's linear probe (%)", grid.PosterLinear));
        }
        parts.Add(Part(grid, $"strict, {clusters} k-means (%)", [.. cells.Select(cell => 100 * cell.Strict)]));
        return string.Join("\n", parts);
    }

    static string Part(SweepGrid grid, string figure, IReadOnlyList<double> values)
    {
        SweepAxis across = grid.Axes[^1];
        int columns = across.Values.Count;
        IEnumerable<string> names = grid.Axes.Count == 1 ? [""] : grid.Cells.Where((_, i) => i % columns == 0)
            .Select(cell => string.Join(", ", cell.SkipLast(1)));
        IEnumerable<string> lines = names.Select((name, row) =>
            $"| {name} | {string.Join(" | ", values.Skip(row * columns).Take(columns).Select(Cell))} |");
        return $"| {figure} | {string.Join(" | ", across.Values.Select(value => $"{across.Key}={value}"))} "
            + $"|\n|{string.Concat(Enumerable.Repeat("---|", columns + 1))}\n{string.Join("\n", lines)}\n";

        static string Cell(double value) => value.ToString("f2", CultureInfo.InvariantCulture);
    }
}
