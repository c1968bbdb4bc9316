using System.Globalization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>A model of a report and how it is shown.</summary>
/// <param name="Model">The model.</param>
/// <param name="Row">The figures that are shown.</param>
/// <param name="Anchor">Name of its section in links.</param>
sealed record ShownModel(ReportedModel Model, EvaluationRow Row, string Anchor);

/// <summary>One model: its confusions, t-SNE plot, clusters and mistakes, and how it was trained.</summary>
static class ModelSection
{
    const int MostPairs = 5;

    /// <summary>The row that the section shows.</summary>
    public static EvaluationRow? Shown(IReadOnlyList<EvaluationRow> rows, ReportedModel model) =>
        Strict(rows.Where(row => row.ModelSha256 == model.ModelOutputs.ModelSha256 && row.Method == model.ModelOutputs.Method))
        .FirstOrDefault();

    /// <summary>The strict rows in the order of <see cref="Clusterer"/>, so that the first is never chosen as the best.</summary>
    public static IEnumerable<EvaluationRow> Strict(IEnumerable<EvaluationRow> rows) =>
        rows.Where(row => row.Protocol == Protocol.Strict).OrderBy(row => row.Clusterer);

    /// <summary>The classes most often confused, as words: "4 as 9: 12".</summary>
    public static IEnumerable<string> ConfusedPairs(EvaluationRow row, ImageClasses classes) => Cells(row)
        .Where(cell => cell[0] != cell[1])
        .OrderByDescending(cell => cell[2]).Take(MostPairs)
        .Select(cell => string.Create(CultureInfo.InvariantCulture,
            $"{classes.NameOf(cell[0])} as {classes.NameOf(cell[1])}: {cell[2]}"));

    // Label, given class and images of each pair that occurs.
    static IEnumerable<int[]> Cells(EvaluationRow row) => row.ConfusionCells
        ?? row.Confusion?.SelectMany((counts, label) => counts.Select((count, given) => (int[])[label, given, count]))
            .Where(cell => cell[2] > 0) ?? [];

    public static void Write(Html html, ReportContext context, ShownModel shown, string heading)
    {
        (ReportedModel model, EvaluationRow row, string anchor) = shown;
        html.Add($"<h2 id=\"{anchor}\">{Html.Text(heading)}</h2>\n");
        if (row.Recall is double?[] recall && context.Classes is ImageClasses classes)
        {
            string confused = string.Join("; ", ConfusedPairs(row, classes));
            html.Add($"<p>Shown: {Printable.Count(row.K, "cluster")}, "
                + $"{(row.K > classes.Count ? $"of which {classes.Count} are matched to classes" : "each matched to one class")} "
                + $"({HeadlineSection.Reason(row.Clusterer)}); {Html.Percent(row.Accuracy)} of the test images are classified correctly."
                + $"{(confused == "" ? "" : $" Most confused: {Html.Text(confused)}.")}</p>\n");
            if (row.Confusion is int[][] table)
            {
                ConfusionSection.Write(html, row.Method, table, recall, classes);
            }
        }
        else
        {
            html.Add($"<p>Shown: its {Printable.Count(row.K, "cluster")} ({Html.Text(row.Clusterer.Word())}); their classes are unknown "
                + $"without labels.</p>\n");
        }
        html.Add($"<p class=\"note\">Test images in each cluster: "
            + $"{string.Join(", ", row.Sizes.Select(size => size.ToString("n0", CultureInfo.InvariantCulture)))}.</p>\n");
        if (model.Plot is TsnePlot plot)
        {
            TsneSection.Write(html, context.Test, plot, row, context.Classes);
        }
        GallerySection.Write(html, context, model.ModelOutputs, row);
        if (row.Accuracy is not null)
        {
            MistakesSection.Write(html, context, model.ModelOutputs, row);
        }
        CurvesSection.Write(html, model.Run.Curves);
        foreach ((string name, byte[] png) in model.Run.Pictures)
        {
            html.Figure(png, $"{row.Method}: {name}", Html.Text(name), context.Test.Preprocess.IsInk);
        }
    }
}
