using System.Globalization;

namespace Toolchain.Evaluate.Report;

/// <summary>The course of a training: a small curve for each number that it logged.</summary>
static class CurvesSection
{
    // Of the curve; beside and below it stand the axes.
    const int Width = 260, Height = 90, Left = 40, Below = 14;

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
        html.Add($"<figure><svg viewBox=\"0 -6 {Left + Width + 8} {Height + Below + 6}\" role=\"img\" aria-label=\"{Html.Text(curve.Name)} "
            + $"over the steps: {range}\">");
        html.Add($"<line x1=\"{Left}\" y1=\"0\" x2=\"{Left}\" y2=\"{Height}\"></line><line x1=\"{Left}\" y1=\"{Height}\" "
            + $"x2=\"{Left + Width}\" y2=\"{Height}\"></line>");
        html.Add($"<text x=\"{Left - 3}\" y=\"4\" text-anchor=\"end\">{high:g3}</text><text x=\"{Left - 3}\" y=\"{Height}\" "
            + $"text-anchor=\"end\">{low:g3}</text>");
        html.Add($"<text x=\"{Left}\" y=\"{Height + 11}\">0</text><text x=\"{Left + Width}\" y=\"{Height + 11}\" text-anchor=\"end\">step "
            + $"{last:n0}</text>");
        html.Add($"<polyline points=\"{path}\"></polyline></svg><figcaption><b>{Html.Text(curve.Name)}</b> "
            + $"{range}</figcaption></figure>\n");
    }
}
