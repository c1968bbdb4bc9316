using Toolchain.Data;

namespace Toolchain.Evaluate.Report;

/// <summary>The confusion matrix of a model, shaded by the share of each class.</summary>
static class ConfusionSection
{
    public static void Write(Html html, string method, int[][] confusion, double?[] recall, ImageClasses classes)
    {
        html.Add($"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion of {Html.Text(method)}\">\n");
        html.Raw("<table class=\"confusion\">\n<caption>Test images by true class (rows) and predicted class (columns)</caption>\n"
            + "<thead><tr><td></td>");
        html.Raw(string.Concat(classes.AllNames().Select(name => $"<th scope=\"col\">{Html.Text(name)}</th>"))
            + "<th scope=\"col\">right</th></tr></thead>\n<tbody>\n");
        for (int label = 0; label < classes.Count; label++)
        {
            int total = Math.Max(1, confusion[label].Sum());
            html.Add($"<tr><th scope=\"row\">{Html.Text(classes.NameOf(label))}</th>");
            for (int given = 0; given < classes.Count; given++)
            {
                html.Add($"<td style=\"--share:{confusion[label][given] / (double)total:f3}\" "
                    + $"class=\"{(given == label ? "right" : "wrong")}\">{confusion[label][given]}</td>");
            }
            html.Add($"<td>{Html.Percent(recall[label])}</td></tr>\n");
        }
        html.Raw("</tbody>\n</table>\n</div>\n");
    }
}
