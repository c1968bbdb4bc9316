using System.Globalization;

namespace Toolchain.Evaluate.Report;

/// <summary>The course of a training: a small curve for each number that it logged.</summary>
static class CurvesSection
{
    // Of the plot's area; beside and below it stand the figures of its axes.
    const int Width = 260, Height = 120, Left = 46, Below = 28, Lines = 4;

    public static void Write(Html html, IReadOnlyList<Curve> curves)
    {
        if (curves.Count == 0)
        {
            return;
        }
        html.Raw("<h3>Training</h3>\n<div class=\"curves\">\n");
        foreach (Curve curve in curves)
        {
            Draw(html, curve);
        }
        html.Raw("</div>\n");
    }

    static void Draw(Html html, Curve curve)
    {
        double low = curve.Points.Min(point => point.Value), high = curve.Points.Max(point => point.Value),
            last = Math.Max(1, curve.Points[^1].Step);
        string path = string.Join(' ', curve.Points.Select(point => string.Create(CultureInfo.InvariantCulture,
            $"{Left + point.Step / last * Width:f1},{Height - (point.Value - low) / Math.Max(1e-12, high - low) * Height:f1}")));
        string range = string.Create(CultureInfo.InvariantCulture,
            $"{low:g3} to {high:g3}, last {curve.Points[^1].Value:g4} at step {curve.Points[^1].Step:n0}");
        html.Add($"<figure><svg viewBox=\"0 -8 {Left + Width + 10} {Height + Below + 8}\" role=\"img\" "
            + $"aria-label=\"{Html.Text(curve.Name)} over the steps: {range}\">");
        for (int line = 0; line <= Lines; line++)
        {
            double share = line / (double)Lines, y = Height * (1 - share), x = Left + Width * share;
            html.Add($"<line x1=\"{Left}\" y1=\"{y:f0}\" x2=\"{Left + Width}\" y2=\"{y:f0}\"></line>"
                + $"<text x=\"{Left - 4}\" y=\"{y + 3:f0}\" text-anchor=\"end\">{low + share * (high - low):g3}</text>");
            html.Add($"<text x=\"{x:f0}\" y=\"{Height + 13}\" text-anchor=\"middle\">{Math.Round(share * last):n0}</text>");
        }
        html.Add($"<line class=\"axis\" x1=\"{Left}\" y1=\"0\" x2=\"{Left}\" y2=\"{Height}\"></line><line class=\"axis\" x1=\"{Left}\" "
            + $"y1=\"{Height}\" x2=\"{Left + Width}\" y2=\"{Height}\"></line>");
        html.Add($"<text x=\"{Left + Width / 2}\" y=\"{Height + 25}\" text-anchor=\"middle\">step</text>");
        html.Add($"<polyline points=\"{path}\"></polyline></svg><figcaption><b>{Html.Text(curve.Name)}</b> "
            + $"{range}</figcaption></figure>\n");
    }
}
