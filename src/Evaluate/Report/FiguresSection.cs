using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>The tables of figures, for the page and for Markdown.</summary>
static class FiguresSection
{
    public static readonly string[] Heads = ["system", "protocol", "clusters", "accuracy *", "95 % interval", "NMI *", "AMI *", "ARI *", "purity *", "silhouette"];

    public static readonly string[] EmbeddingHeads = ["system", "20 neighbours *", "200 neighbours *", "linear *", "effective rank", "uniformity", "alignment *", "training"];

    public static readonly string[] PosterHeads = ["system", "poster's protocol", "poster", "ours, poster's protocol", "ours, strict", "ours, linear"];

    public const string Note = "* needs labels. No label was used in training or clustering; the interval is Wilson's for one model, not the spread over seeds.";

    public static IEnumerable<string[]> Rows(IReadOnlyList<EvaluationRow> rows) => rows.Select(row =>
    {
        (double low, double high) = WilsonInterval.Of(row.Accuracy, row.Images);
        return (string[])[row.Method, row.Protocol, $"{row.K}, {row.Clusterer}", Html.Percent(row.Accuracy), $"{Html.Percent(low)} to {Html.Percent(high)}", Html.Number(row.Nmi), Html.Number(row.Ami), Html.Number(row.Ari), Html.Percent(row.Purity), Html.Number(row.Silhouette)];
    });

    public static IEnumerable<string[]> EmbeddingRows(IReadOnlyList<EvaluationRow> rows) => rows.DistinctBy(row => (row.Method, row.ModelSha256)).Select(row => (string[])
    [
        row.Method, Html.Percent(row.NeighbourAccuracy), Html.Percent(row.NeighbourAccuracy200), Html.Percent(row.Linear), Html.Number(row.EffectiveRank, "f1"), Html.Number(row.Uniformity, "f2"),
        Html.Number(row.Alignment, "f2"), row.TrainSeconds is double seconds ? Html.Number(seconds, "f0") + " s" : "-",
    ]);

    /// <summary>The poster's systems beside ours; of a method's rows the first model's, by the clusterer that its section shows, never the best.</summary>
    public static IEnumerable<string[]> PosterRows(IReadOnlyList<EvaluationRow> rows) => PosterFigures.All.Select(figure =>
    {
        EvaluationRow? poster = rows.FirstOrDefault(row => row.Method == figure.Method && row.Protocol == "poster"), strict = ModelSection.Strict(rows.Where(row => row.Method == figure.Method)).FirstOrDefault();
        return (string[])[figure.Method, figure.Protocol, figure.Percent, Cell(figure.IsStrict ? strict : poster), Cell(strict), Html.Percent((poster ?? strict)?.Linear)];
    });

    static string Cell(EvaluationRow? row) => row is null ? "-" : $"{Html.Percent(row.Accuracy)} ({row.K}, {row.Clusterer})";

    public static void Write(Html html, IReadOnlyList<EvaluationRow> rows)
    {
        html.Raw("<h2 id=\"figures\">Figures</h2>\n");
        html.Table("Clusters", Heads, Rows(rows).Select(Escaped));
        html.Table("Embeddings", EmbeddingHeads, EmbeddingRows(rows).Select(Escaped));
        html.Table("The poster and ours", PosterHeads, PosterRows(rows).Select(Escaped));
        html.Add($"<p class=\"note\">{Note}</p>\n");
    }

    static string[] Escaped(string[] cells) => [.. cells.Select(Html.Text)];
}
