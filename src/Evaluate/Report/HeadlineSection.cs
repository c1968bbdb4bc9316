using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>The figure of each model at the top of the page, with its interval and in words what it is.</summary>
static class HeadlineSection
{
    public static void Write(Html html, IReadOnlyList<ShownModel> shown, IReadOnlyList<EvaluationRow> rows)
    {
        if (shown.Count == 0)
        {
            return;
        }
        html.Raw("<h2 id=\"headline\">Result</h2>\n<div class=\"headline\">\n");
        foreach (ShownModel model in shown)
        {
            html.Add($"<article>\n<h3><a href=\"#{model.Anchor}\">{Html.Text(model.Row.NameAmong(rows))}</a></h3>\n");
            string words = model.Row.Accuracy is double accuracy ? Labelled(model.Row, accuracy) : Unlabelled(model.Row);
            html.Raw(words.Replace(" %", "\u00a0%", StringComparison.Ordinal));
            html.Raw("</article>\n");
        }
        html.Raw("</div>\n");
    }

    /// <summary>Why the row of this clusterer is the one that is shown.</summary>
    public static string Reason(Clusterer clusterer) => clusterer == Clusterer.Own
        ? "the model's own clusters, which need no further fit"
        : $"{Words.Word(clusterer)} clusters of its embeddings, the first that it has in the fixed order own, spectral, k-means, mixture; "
        + "accuracy chose nothing";

    static string Labelled(EvaluationRow row, double accuracy)
    {
        (double low, double high) = WilsonInterval.Of(accuracy, row.Images);
        string neighbours = row.NeighbourAccuracy is double share
            ? $"<p class=\"note\">With labels: k-NN {Html.Percent(share)}, linear probe {Html.Percent(row.Linear)}.</p>\n" : "";
        return $"""
            <p class="share">{Html.Percent(accuracy)}</p>
            <p>of {Printable.Count(row.Images, "test image")} are named correctly
            (95 % interval {Html.Percent(low)} to {Html.Percent(high)}).</p>
            <p class="note">{Kind(row)}, matched one to one with the classes on training labels.</p>
            {neighbours}
            """;
    }

    static string Kind(EvaluationRow row) => $"{row.K} {(row.Clusterer == Clusterer.Own ? "of its own" : row.Clusterer.Word())} clusters";

    static string Unlabelled(EvaluationRow row) => $"""
        <p class="share">{Kind(row)}</p>
        <p>of {Printable.Count(row.Images, "test image")}, {Html.Number(row.Sizes.Min(), "n0")}
        to {Html.Number(row.Sizes.Max(), "n0")} in each; silhouette {Html.Number(row.Silhouette)}.</p>

        """;
}
