using System.Globalization;
using ScottPlot;

namespace Toolchain.Commands.Plots.Pictures;

/// <summary>Points of the plane, coloured by class or cluster where these are known.</summary>
/// <param name="Title">Above the picture.</param>
/// <param name="Xs">First coordinates, [N].</param>
/// <param name="Ys">Second coordinates, [N].</param>
/// <param name="Classes">Class, or cluster, of each point; empty for none.</param>
/// <param name="Names">Names of the classes; null where numbers are the names.</param>
public sealed record ScatterPlot(string Title, IReadOnlyList<double> Xs, IReadOnlyList<double> Ys, IReadOnlyList<int> Classes,
    IReadOnlyList<string>? Names = null)
{
    const int Side = 1000, LongestName = 20;

    /// <summary>Writes a <c>.png</c> or <c>.svg</c> file, whole or not at all.</summary>
    /// <exception cref="ArgumentException">The ending is another.</exception>
    public void Save(string path)
    {
        var plot = new Plot();
        IGrouping<int, int>[] groups = [.. Enumerable.Range(0, Xs.Count).GroupBy(i => Classes.Count > 0 ? Classes[i] : -1)
            .OrderBy(group => group.Key)];
        IPalette colours = groups.Length <= 10 ? new ScottPlot.Palettes.Category10() : new ScottPlot.Palettes.Category20();
        foreach ((int rank, IGrouping<int, int> group) in groups.Index())
        {
            var points = plot.Add.ScatterPoints(group.Select(i => Xs[i]).ToArray(), group.Select(i => Ys[i]).ToArray());
            points.Color = colours.GetColor(rank);
            // Many points are drawn smaller, so that they do not hide each other.
            points.MarkerSize = Xs.Count > 5000 ? 2 : 5;
            if (group.Key >= 0)
            {
                Name(plot, group);
            }
        }
        plot.Title(Title);
        plot.Axes.SquareUnits();
        // The axes of t-SNE have no meaning, only distances.
        plot.HideAxesAndGrid();
        Picture.Save(plot, Side, Side, path);
    }

    // Each class at the median of its points.
    void Name(Plot plot, IGrouping<int, int> group)
    {
        double Middle(IReadOnlyList<double> values) => group.Select(i => values[i]).Order().ElementAt(group.Count() / 2);
        string text = Names?[group.Key] ?? group.Key.ToString(CultureInfo.InvariantCulture);
        var name = plot.Add.Text(text.Length > LongestName ? $"{text[..LongestName]}..." : text, Middle(Xs), Middle(Ys));
        (name.LabelFontSize, name.LabelBold, name.LabelAlignment) = (Names is null ? 30 : 18, true, Alignment.MiddleCenter);
        name.LabelBackgroundColor = Colors.White.WithAlpha(.6);
    }
}
