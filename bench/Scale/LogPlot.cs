using System.Globalization;
using System.Text;

namespace Toolchain.Scale.Bench;

/// <summary>
/// A log-log plot (.svg) of processor seconds over rows, a line for each job, and a dotted one of linear growth through its first point.
/// </summary>
static class LogPlot
{
    const int Width = 760, Height = 480, Margin = 60, MostRows = 8, LeastRows = 4, MostSeconds = 4, LeastSeconds = -2, LineHeight = 14;

    static readonly string[] colours = ["#1b6ca8", "#c8553d", "#3a7d44", "#7b4fa3", "#b8860b", "#5a5a5a", "#c2408d", "#0f8b8d", "#8c5a2b"];

    /// <summary>The plot as SVG.</summary>
    public static string Of(IEnumerable<Measured> measured)
    {
        var svg = new StringBuilder($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {Height}' font-family='sans-serif' "
            + "font-size='12'><rect width='100%' height='100%' fill='white'/>\n");
        for (int rows = LeastRows; rows <= MostRows; rows++)
        {
            Line(Math.Pow(10, rows), Math.Pow(10, LeastSeconds), Math.Pow(10, rows), Math.Pow(10, MostSeconds), "#ddd", "");
            Text(Math.Pow(10, rows), Math.Pow(10, LeastSeconds), 4, 18, $"10^{rows} rows");
        }
        for (int seconds = LeastSeconds; seconds <= MostSeconds; seconds++)
        {
            Line(Math.Pow(10, LeastRows), Math.Pow(10, seconds), Math.Pow(10, MostRows), Math.Pow(10, seconds), "#ddd", "");
            Text(Math.Pow(10, LeastRows), Math.Pow(10, seconds), -52, 4, $"{Math.Pow(10, seconds):r} s");
        }
        double lowest = double.PositiveInfinity;
        foreach ((int index, IGrouping<string, Measured> job) in measured.GroupBy(one => one.Job)
            .OrderBy(job => job.MaxBy(one => one.Rows)!.CpuSeconds).Index())
        {
            Measured[] points = [.. job.OrderBy(one => one.Rows)];
            string colour = colours[index % colours.Length];
            foreach ((Measured from, Measured to) in points.Zip(points.Skip(1)))
            {
                Line(from.Rows, from.CpuSeconds, to.Rows, to.CpuSeconds, colour, "");
            }
            Line(points[0].Rows, points[0].CpuSeconds, points[^1].Rows, points[0].CpuSeconds * points[^1].Rows / points[0].Rows, colour,
                " stroke-dasharray='2 4'");
            // From the bottom up, each label above the one before.
            lowest = Math.Min(Y(points[^1].CpuSeconds), lowest - LineHeight);
            string label = job.Key.Replace(", after the neighbours", "", StringComparison.Ordinal);
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x='{X(points[^1].Rows) + 6:f1}' y='{lowest + 4:f1}' fill='{colour}'>{label}</text>\n");
        }
        return svg.Append("</svg>\n").ToString();

        void Line(double x1, double y1, double x2, double y2, string colour, string style) => svg.Append(CultureInfo.InvariantCulture,
            $"<line x1='{X(x1):f1}' y1='{Y(y1):f1}' x2='{X(x2):f1}' y2='{Y(y2):f1}' stroke='{colour}'{style}/>\n");

        void Text(double x, double y, int right, int down, string text) => svg.Append(CultureInfo.InvariantCulture,
            $"<text x='{X(x) + right:f1}' y='{Y(y) + down:f1}'>{text}</text>\n");
    }

    static double X(double rows) => Margin + (Math.Log10(rows) - LeastRows) / (MostRows - LeastRows) * (Width - 2 * Margin);

    static double Y(double seconds) =>
        Height - Margin - (Math.Log10(seconds) - LeastSeconds) / (MostSeconds - LeastSeconds) * (Height - 2 * Margin);
}
