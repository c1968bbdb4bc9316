using System.Globalization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>What a report is about, besides its rows.</summary>
/// <param name="Train">Training images.</param>
/// <param name="Test">Test images, in the order of every row's digits.</param>
/// <param name="Versions">Program, runtimes and machine, by name.</param>
public sealed record ReportContext(DigitSet Train, DigitSet Test, IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>The title, which says when the images are drawn ones.</summary>
    public string Title => "Unsupervised digits" + (Test.Name == "strokes" ? " on drawn strokes (not MNIST)" : "")
        + (IsLabelled ? "" : " without labels");

    /// <summary>What was learnt from and what is scored.</summary>
    public string Introduction =>
        FormattableString.Invariant($"Clusters learnt from {Train.Count:n0} images of {Train.Name} without labels; every figure is of ")
        + (Train.Sha256 == Test.Sha256 ? "these same images, so neighbours and linear probe are left out."
        : FormattableString.Invariant($"{Test.Count:n0} test images."));

    /// <summary>Whether both sets have labels: else there are no figures that need some.</summary>
    public bool IsLabelled => Train.Labels is not null && Test.Labels is not null;
}

/// <summary>
/// Writes <c>report.html</c>: one self-contained page that asks nothing of the network. No clock: the same inputs give the same bytes.
/// </summary>
public static class HtmlReport
{
    /// <summary>Text of the page.</summary>
    public static string Text(ReportContext context, IReadOnlyList<EvaluationRow> rows, IReadOnlyList<Portrait> portraits,
        IReadOnlyList<Ablation>? ablations = null) =>
        Page(context, rows, portraits, ablations ?? []);

    static string Page(ReportContext context, IReadOnlyList<EvaluationRow> rows, IReadOnlyList<Portrait> portraits,
        IReadOnlyList<Ablation> ablations)
    {
        var html = new Html();
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
            + "content=\"width=device-width, initial-scale=1\">\n");
        html.Add($"<title>{context.Title}: {(context.IsLabelled ? "accuracy report" : "report")}</title>\n"
            + $"<style>{ReportStyle.Css}</style>\n</head>\n<body>\n<main>\n");
        html.Add($"<h1>{context.Title}</h1>\n");
        html.Add($"<p>{Html.Text(context.Introduction)}</p>\n");
        (Portrait Portrait, EvaluationRow Row, string Anchor)[] shown = [.. Shown(rows, portraits)];
        html.Add($"<nav aria-label=\"Sections\"><a href=\"#figures\">figures</a> <a href=\"#protocols\">how they came about</a> "
            + $"{string.Join(' ', shown.Select(model => $"<a href=\"#{model.Anchor}\">{Html.Text(model.Row.NameAmong(rows))}</a>"))} <a "
            + $"href=\"#origins\">origins</a></nav>\n");
        FiguresSection.Write(html, rows, context.IsLabelled);
        html.Raw(context.IsLabelled ? protocols : protocolsWithoutLabels);
        if (portraits.FirstOrDefault(portrait => portrait.Map is not null) is { Map: EmbeddingMap map })
        {
            MapSection.WriteSheet(html, context.Test, map.Images);
        }
        foreach ((Portrait portrait, EvaluationRow row, string anchor) in shown)
        {
            ModelSection.Write(html, context, portrait, row, anchor, row.NameAmong(rows));
        }
        html.Raw(ablations.Count > 0 ? "<h2>Ablations</h2>\n" : "");
        foreach (Ablation ablation in ablations)
        {
            ablation.Write(html);
        }
        Origins(html, context, rows);
        html.Raw($"</main>\n<script>{Html.Resource("table.js")}</script>\n");
        html.Raw(portraits.Any(portrait => portrait.Map is not null) ? $"<script>{MapSection.Script}</script>\n" : "");
        html.Raw("</body>\n</html>\n");
        return html.ToString();
    }

    static IEnumerable<(Portrait, EvaluationRow, string)> Shown(IReadOnlyList<EvaluationRow> rows, IReadOnlyList<Portrait> portraits)
    {
        int number = 0;
        foreach (Portrait portrait in portraits)
        {
            if (ModelSection.Shown(rows, portrait) is EvaluationRow row)
            {
                yield return (portrait, row, $"{Html.Anchor(row.Method)}-{++number}");
            }
        }
    }

    const string protocols = """
        <h2 id="protocols">How each figure came about</h2>
        <dl>
        <dt>strict</dt><dd>10 clusters, fitted on the embeddings of the training images (or the model's own). Each cluster gets one
        digit and each digit one cluster, by the assignment under which most training images are right. Accuracy is then counted on the
        test images.</dd>
        <dt>poster</dt><dd>What the poster's own code did: more clusters than digits, each named by the commonest training label in it.
        It rises with the number of clusters, so it says less than the strict figure.</dd>
        <dt>k-NN</dt><dd>Accuracy of the 20 or 200 nearest training images (cosine, weights e<sup>s/.07</sup>), which uses all training
        labels. Raw pixels reach about 97 % with 20.</dd>
        <dt>linear</dt><dd>Accuracy of a linear classifier on the embeddings, trained with all training labels.</dd>
        <dt>silhouette, effective rank, uniformity</dt><dd>Of the test embeddings, without labels: how much nearer 2,000 images lie to
        their own cluster than to the next; how many directions the embeddings fill; how evenly they spread (lower is more even).
        Alignment is the mean squared distance of two images of the same digit.</dd>
        </dl>

        """;

    const string protocolsWithoutLabels = """
        <h2 id="protocols">How each figure came about</h2>
        <dl>
        <dt>strict</dt><dd>10 clusters, fitted on the embeddings of the training images (or the model's own), and what they hold of the
        test images.</dd>
        <dt>poster</dt><dd>As many clusters as the poster's own code made.</dd>
        <dt>silhouette, effective rank, uniformity</dt><dd>Of the test embeddings: how much nearer 2,000 images lie to their own cluster
        than to the next; how many directions the embeddings fill; how evenly they spread (lower is more even).</dd>
        </dl>

        """;

    static void Origins(Html html, ReportContext context, IReadOnlyList<EvaluationRow> rows)
    {
        html.Raw("<h2 id=\"origins\">Where this comes from</h2>\n");
        html.Table("Origins", [], Origins(context, rows)
            .Select(line => (string[])[Html.Text(line.Name), $"<code>{Html.Text(line.Value)}</code>"]));
    }

    /// <summary>Digests and versions by name.</summary>
    internal static IEnumerable<(string Name, string Value)> Origins(ReportContext context, IReadOnlyList<EvaluationRow> rows) =>
    [
        ("training images, SHA-256", context.Train.Sha256),
        ("test images, SHA-256", context.Test.Sha256),
        .. rows.Where(row => row.ModelSha256 is not null).DistinctBy(row => row.ModelSha256).Select(row =>
        {
            string numbers = row.Parameters is long count ? string.Create(CultureInfo.InvariantCulture, $", {count:n0} numbers") : "";
            return ($"{row.Method}, SHA-256", string.Create(CultureInfo.InvariantCulture,
                $"{row.ModelSha256} ({row.Bytes:n0} bytes{numbers})"));
        }),
        .. context.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)),
    ];
}
