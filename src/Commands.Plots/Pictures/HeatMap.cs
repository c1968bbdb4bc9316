using System.Globalization;
using ScottPlot;

namespace Toolchain.Commands.Plots.Pictures;

/// <summary>A table of percentages as colours, each cell with its number and, where given, a second number to compare with.</summary>
/// <param name="Title">Above the picture.</param>
/// <param name="RowKey">What differs from row to row.</param>
/// <param name="Rows">Its values, top to bottom.</param>
/// <param name="ColumnKey">What differs from column to column.</param>
/// <param name="Columns">Its values, left to right.</param>
/// <param name="Percent">Row after row; sets the colours.</param>
/// <param name="Beside">Numbers to compare with, in the same order; empty for none.</param>
public sealed record HeatMap(string Title, string RowKey, IReadOnlyList<string> Rows, string ColumnKey, IReadOnlyList<string> Columns,
    IReadOnlyList<double> Percent, IReadOnlyList<double> Beside)
{
    const int CellWidth = 120, CellHeight = 64, Margin = 130;

    /// <summary>Writes a <c>.png</c> or <c>.svg</c> file, whole or not at all.</summary>
    /// <exception cref="ArgumentException">The numbers do not fill the table, or the ending is another.</exception>
    public void Save(string path)
    {
        if (Percent.Count != Rows.Count * Columns.Count || (Beside.Count > 0 && Beside.Count != Percent.Count))
        {
            throw new ArgumentException($"'{nameof(Percent)}' and '{nameof(Beside)}' must have {Rows.Count} x {Columns.Count} numbers, had "
                + $"{Percent.Count} and {Beside.Count}.");
        }
        Picture.Save(Plot(), Margin + CellWidth * Columns.Count, Margin + CellHeight * Rows.Count, path);
    }

    Plot Plot()
    {
        var plot = new Plot();
        var values = new double[Rows.Count, Columns.Count];
        Buffer.BlockCopy(Percent.ToArray(), 0, values, 0, Percent.Count * sizeof(double));
        var map = plot.Add.Heatmap(values);
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        for (int i = 0; i < Percent.Count; i++)
        {
            (int row, int column) = (i / Columns.Count, i % Columns.Count);
            string text = Number(Percent[i]) + (Beside.Count > 0 ? $"\n({Number(Beside[i])})" : "");
            var label = plot.Add.Text(text, column, Rows.Count - 1 - row);
            label.LabelAlignment = Alignment.MiddleCenter;
            label.LabelFontSize = 15;
            // Dark letters on the bright upper half of the scale.
            label.LabelFontColor = Percent[i] > (Percent.Min() + Percent.Max()) / 2 ? Colors.Black : Colors.White;
        }
        plot.Axes.Bottom.SetTicks([.. Columns.Select((_, i) => (double)i)], [.. Columns]);
        plot.Axes.Left.SetTicks([.. Rows.Select((_, i) => (double)(Rows.Count - 1 - i))], [.. Rows]);
        plot.XLabel(ColumnKey);
        plot.YLabel(RowKey);
        plot.Title(Title);
        plot.HideGrid();
        plot.Axes.SetLimits(-0.5, Columns.Count - 0.5, -0.5, Rows.Count - 0.5);
        return plot;
    }

    static string Number(double percent) => percent.ToString("f1", CultureInfo.InvariantCulture);
}
