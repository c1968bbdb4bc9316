using System.Globalization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>What a report is about, besides its rows.</summary>
/// <param name="Train">Training images.</param>
/// <param name="Test">Test images, in the order of every row's classes.</param>
/// <param name="Versions">Program, runtimes and machine, by name.</param>
public sealed record ReportContext(ImageSet Train, ImageSet Test, IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>The title, which says when the images are drawn ones.</summary>
    public string Title => (Classes?.AreDigits ?? true ? "Unsupervised digits" : $"Unsupervised classes of {Test.Name}")
        + (Test.Name == "strokes" ? " on drawn strokes (not MNIST)" : "")
        + (IsLabelled ? "" : " without labels");

    /// <summary>What was learnt from and what is scored.</summary>
    public string Introduction =>
        $"Clusters learnt from {Printable.Count(Train.Count, "image")} of {Train.Name} without labels; every figure is of "
        + (Train.Sha256 == Test.Sha256 ? "these same images, so k-NN accuracy and linear probe are left out."
        : $"{Printable.Count(Test.Count, "test image")}.");

    /// <summary>Whether both sets have labels: else there are no figures that need some.</summary>
    public bool IsLabelled => Classes is not null;

    /// <summary>What the labels of both sets count; null where not both have some.</summary>
    public ImageClasses? Classes => ImageClasses.OfBoth(Train, Test);
}

/// <summary>
/// Writes <c>report.html</c>: one self-contained page that asks nothing of the network. No clock: the same inputs give the same bytes.
/// </summary>
public static class HtmlReport
{
    /// <summary>Text of the page.</summary>
    public static string Text(ReportContext context, IReadOnlyList<EvaluationRow> rows, IReadOnlyList<ReportedModel> models,
        IReadOnlyList<Ablation>? ablations = null)
    {
        ablations ??= [];
        var html = new Html();
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
            + "content=\"width=device-width, initial-scale=1\">\n");
        html.Add($"<title>{context.Title}: {(context.IsLabelled ? "accuracy report" : "report")}</title>\n"
            + $"<style>{Html.Resource("report.css")}</style>\n</head>\n<body>\n<main>\n");
        html.Add($"<h1>{context.Title}</h1>\n");
        html.Add($"<p>{Html.Text(context.Introduction)}</p>\n");
        ShownModel[] shown = [.. Shown(rows, models)];
        var errors = SharedErrors.Of(rows, models, context.Test);
        html.Add($"<nav aria-label=\"Sections\"><a href=\"#figures\">figures</a> "
            + $"{(errors is { Images.Count: > 0 } ? "<a href=\"#shared\">wrong in every model</a> " : "")}"
            + $"{string.Join(' ', shown.Select(model => $"<a href=\"#{model.Anchor}\">{Html.Text(model.Row.NameAmong(rows))}</a>"))} "
            + $"<a href=\"#protocols\">how figures are computed</a> <a href=\"#origins\">origins</a></nav>\n");
        HeadlineSection.Write(html, shown, rows);
        BarsSection.Write(html, shown, rows, context.Classes);
        FiguresSection.Write(html, rows, context.Classes);
        SharedErrorsSection.Write(html, context.Test, context.Classes, errors);
        if (models.FirstOrDefault(model => model.Plot is not null) is { Plot: TsnePlot plot })
        {
            TsneSection.WriteSheet(html, context.Test, plot.Images);
        }
        foreach (ShownModel model in shown)
        {
            ModelSection.Write(html, context, model, model.Row.NameAmong(rows));
        }
        html.Raw(ablations.Count > 0 ? "<h2>Ablations</h2>\n" : "");
        foreach (Ablation ablation in ablations)
        {
            ablation.Write(html);
        }
        html.Raw(Protocols(context.Classes));
        Origins(html, context, rows);
        html.Raw($"</main>\n<script>{Html.Resource("table.js")}</script>\n");
        html.Raw(models.Any(model => model.Plot is not null) ? $"<script>{TsneSection.Script}</script>\n" : "");
        html.Raw("</body>\n</html>\n");
        return html.ToString();
    }

    static IEnumerable<ShownModel> Shown(IReadOnlyList<EvaluationRow> rows, IReadOnlyList<ReportedModel> models)
    {
        int number = 0;
        foreach (ReportedModel model in models)
        {
            if (ModelSection.Shown(rows, model) is EvaluationRow row)
            {
                yield return new(model, row, $"{Html.Anchor(row.Method)}-{++number}");
            }
        }
    }

    static string Protocols(ImageClasses? classes) => $"""
        <h2 id="protocols">How each figure is computed</h2>
        <dl>
        <dt>strict</dt><dd>As many clusters as classes (10 without labels) unless --k says otherwise, fitted on the embeddings of the
        training images, or the model's own, applied to the test images.{(classes is null ? "" : Matched)}</dd>
        {(classes is null or { AreDigits: true } ? Poster(classes) : "")}{(classes is null ? "" : Labelled(classes))}<dt>BIC, AIC</dt>
        <dd>Information criteria of a mixture on the training embeddings, without labels: lower is better for the same model.</dd>
        <dt>silhouette, effective rank, uniformity</dt><dd>Of the test embeddings, without labels: how much nearer a sample of 2,000
        images lies to its own cluster than to the next; the number of directions that the embeddings fill; how evenly they cover the
        sphere (lower is more even).{(classes is null ? "" : Alignment)}</dd>
        </dl>

        """;

    const string Alignment = " Alignment is the mean squared distance of two images of the same class.";

    const string Matched = """
         Clusters and classes are matched one-to-one by the Hungarian algorithm on the training labels; where there are more clusters than
        classes, the others count as wrong, and beside it stands the majority vote, which names each cluster by its most frequent
        training label.
        """;

    static string Poster(ImageClasses? classes) => classes is null ? """
        <dt>poster</dt><dd>As many clusters as in the poster's own code.</dd>

        """ : """
        <dt>poster</dt><dd>The poster's own protocol: more clusters than digits, each labelled with its most frequent training label.
        Accuracy rises with the number of clusters, so this figure is weaker evidence than the strict one.</dd>

        """;

    static string Labelled(ImageClasses classes) => $"""
        <dt>k-NN accuracy (k=20, k=200)</dt><dd>Test images classified by their k nearest training images (cosine similarity s, weights
        e<sup>s/.07</sup>); uses all training labels.{(classes.AreDigits ? " Of MNIST, raw pixels reach about 97 % with k=20." : "")}</dd>
        <dt>linear probe</dt><dd>Test images classified by a linear classifier on the embeddings, trained with all training labels.</dd>
        <dt>homogeneity, completeness</dt><dd>Homogeneity is 1 where no cluster mixes classes, completeness where no class is split over
        clusters; their harmonic mean is NMI.</dd>

        """;

    static void Origins(Html html, ReportContext context, IReadOnlyList<EvaluationRow> rows)
    {
        html.Raw("<h2 id=\"origins\">Provenance</h2>\n");
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
            return ($"{row.Method}, SHA-256",
                string.Create(CultureInfo.InvariantCulture, $"{row.ModelSha256} ({row.Bytes:n0} bytes{numbers})"));
        }),
        .. context.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)),
    ];
}
