using System.Globalization;
using System.Net;
using System.Text;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>What a report is about, besides its rows.</summary>
/// <param name="Train">Training images.</param>
/// <param name="Test">Test images, in the order of every row's digits.</param>
/// <param name="Versions">Program and runtimes, by name.</param>
public sealed record ReportContext(DigitSet Train, DigitSet Test, IReadOnlyDictionary<string, string> Versions);

/// <summary>
/// Writes <c>report.html</c>: one self-contained page without scripts or requests. No clock and no machine name: the same inputs give the same
/// bytes.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page whole or not at all.</summary>
    public static void Write(string path, ReportContext context, IReadOnlyList<EvaluationRow> rows) =>
        AtomicFile.WriteText(path, Page(context, rows));

    static string Page(ReportContext context, IReadOnlyList<EvaluationRow> rows)
    {
        string drawn = context.Test.Name == "strokes" ? " on drawn strokes (not MNIST)" : "";
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>Unsupervised digits{drawn}: accuracy report</title>\n<style>{ReportStyle.Css}</style>\n</head>\n<body>\n<main>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1>Unsupervised digits{drawn}</h1>\n");
        html.Append(CultureInfo.InvariantCulture, $"<p>Models learnt from {context.Train.Count:n0} images of <b>{Text(context.Train.Name)}</b> without labels; every figure is of {context.Test.Count:n0} test images.</p>\n");
        Figures(html, rows);
        Explanation(html);
        foreach (EvaluationRow row in rows.Where(row => row.ModelSha256 is not null && row.Protocol == "strict"))
        {
            Details(html, context.Test, row);
        }
        Origins(html, context, rows);
        html.Append("</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    static void Figures(StringBuilder html, IReadOnlyList<EvaluationRow> rows)
    {
        html.Append("<h2>Figures</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Figures\">\n<table>\n<thead><tr><th scope=\"col\">system</th><th scope=\"col\">protocol</th><th scope=\"col\">clusters</th><th scope=\"col\">accuracy *</th><th scope=\"col\">poster</th><th scope=\"col\">95 % interval</th><th scope=\"col\">NMI *</th><th scope=\"col\">ARI *</th><th scope=\"col\">purity *</th><th scope=\"col\">20 neighbours *</th><th scope=\"col\">linear *</th><th scope=\"col\">training</th></tr></thead>\n<tbody>\n");
        foreach (EvaluationRow row in rows)
        {
            (double low, double high) = WilsonInterval.Of(row.Accuracy, row.Images);
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(row.Method)}</th><td>{row.Protocol}</td><td>{row.K}, {Text(row.Clusterer)}</td><td><b>{Percent(row.Accuracy)}</b></td><td>{PosterFigures.Of(row)}</td><td>{Percent(low)} to {Percent(high)}</td><td>{row.Nmi:f3}</td><td>{row.Ari:f3}</td><td>{Percent(row.Purity)}</td><td>{Percent(row.NeighbourAccuracy)}</td><td>{Percent(row.Linear)}</td><td>{(row.TrainSeconds is double seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:f0} s") : "-")}</td></tr>\n");
        }
        html.Append("</tbody>\n</table>\n</div>\n<p class=\"note\">* needs labels. No label was used in training or clustering; the interval is Wilson's for one model, not the spread over seeds.</p>\n");
    }

    static void Explanation(StringBuilder html) => html.Append("""
        <h2>How each figure came about</h2>
        <dl>
        <dt>strict</dt><dd>10 clusters, fitted on the embeddings of the training images (or the model's own). Each cluster gets one digit and each digit one cluster, by the assignment under which most training images are right. Accuracy is then counted on the test images.</dd>
        <dt>poster</dt><dd>What the poster's own code did: more clusters than digits, each named by the commonest training label in it. It rises with the number of clusters, so it says less than the strict figure.</dd>
        <dt>20 neighbours</dt><dd>Test images named by their 20 nearest training images (cosine, weights e<sup>s/.07</sup>), which uses all training labels. Raw pixels reach about 97 % here.</dd>
        <dt>linear</dt><dd>Test images named by a linear classifier on the embeddings, trained with all training labels.</dd>
        </dl>

        """);

    static void Details(StringBuilder html, DigitSet test, EvaluationRow row)
    {
        string title = $"{row.Method}, {row.Protocol}, {row.Clusterer}";
        html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion of {Text(title)}\">\n<table class=\"confusion\">\n<caption>Test images by true digit (down) and given digit (across)</caption>\n<thead><tr><td></td>");
        for (int digit = 0; digit < 10; digit++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{digit}</th>");
        }
        html.Append("<th scope=\"col\">right</th></tr></thead>\n<tbody>\n");
        for (int digit = 0; digit < 10; digit++)
        {
            int total = Enumerable.Range(0, test.Count).Count(i => test.Labels![i] == digit);
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{digit}</th>");
            for (int given = 0; given < 10; given++)
            {
                double share = row.Confusion[digit][given] / (double)Math.Max(1, total);
                html.Append(CultureInfo.InvariantCulture, $"<td style=\"--share:{share:f3}\" class=\"{(given == digit ? "right" : "wrong")}\">{row.Confusion[digit][given]}</td>");
            }
            html.Append(CultureInfo.InvariantCulture, $"<td>{Percent(row.Confusion[digit][digit] / (double)Math.Max(1, total))}</td></tr>\n");
        }
        html.Append("</tbody>\n</table>\n</div>\n");
        Mistakes(html, test, row);
    }

    static void Mistakes(StringBuilder html, DigitSet test, EvaluationRow row)
    {
        int[] wrong = [.. Enumerable.Range(0, test.Count).Where(i => row.Given[i] != test.Labels![i])];
        if (wrong.Length == 0)
        {
            return;
        }
        int[] shown = [.. wrong.Take(60)];
        var pixels = new byte[shown.Length * DigitSet.PixelCount];
        for (int i = 0; i < shown.Length; i++)
        {
            test.Image(shown[i]).CopyTo(pixels.AsSpan(i * DigitSet.PixelCount));
        }
        string picture = Convert.ToBase64String(ImageSheet.Encode(pixels, columns: 12));
        string list = string.Join(", ", shown.Select(i => $"{test.Labels![i]} as {(row.Given[i] < 0 ? "none" : row.Given[i].ToString(CultureInfo.InvariantCulture))}"));
        html.Append(CultureInfo.InvariantCulture, $"<figure><img src=\"data:image/png;base64,{picture}\" alt=\"{shown.Length} misnamed test digits\"><figcaption>The first {shown.Length} of {wrong.Length} misnamed test digits. <details><summary>true digit and given one, row by row</summary>{list}</details></figcaption></figure>\n");
    }

    static void Origins(StringBuilder html, ReportContext context, IReadOnlyList<EvaluationRow> rows)
    {
        html.Append("<h2>Where this comes from</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Origins\">\n<table>\n<tbody>\n");
        Line("training images, SHA-256", context.Train.Sha256);
        Line("test images, SHA-256", context.Test.Sha256);
        foreach (EvaluationRow row in rows.Where(row => row.ModelSha256 is not null).DistinctBy(row => row.ModelSha256))
        {
            string numbers = row.Parameters is long count ? string.Create(CultureInfo.InvariantCulture, $", {count:n0} numbers") : "";
            Line($"{row.Method}, SHA-256", string.Create(CultureInfo.InvariantCulture, $"{row.ModelSha256} ({row.Bytes:n0} bytes{numbers})"));
        }
        foreach ((string name, string version) in context.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Line(name, version);
        }
        html.Append("</tbody>\n</table>\n</div>\n");

        void Line(string name, string value) => html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(name)}</th><td><code>{Text(value)}</code></td></tr>\n");
    }

    static string Percent(double? share) => share is double known ? Percent(known) : "-";

    static string Percent(double share) => share.ToString("p2", CultureInfo.InvariantCulture);

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
