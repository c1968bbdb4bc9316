using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>A table of the report.</summary>
/// <param name="title">What it shows.</param>
/// <param name="heads">Heads of its columns.</param>
/// <param name="rows">Its cells, as plain text.</param>
sealed class FigureTable(string title, string[] heads, IEnumerable<string[]> rows)
{
    public string Title => title;

    public string[] Heads => heads;

    public IEnumerable<string[]> Rows => rows;
}

/// <summary>The tables of figures, for the page and for Markdown. What needs labels is left out where there are none.</summary>
static class FiguresSection
{
    const string LabelNote =
        "* needs labels. No label was used in training or clustering; the interval is Wilson's for one model, not the spread over seeds.";
    const string NoLabels =
        "The images have no labels: the figures that need labels (accuracy, NMI, AMI, ARI, purity, homogeneity, "
        + "completeness, k-NN accuracy, linear probe, alignment) are left out.";

    public static string Note(bool isLabelled) => isLabelled ? LabelNote : NoLabels;

    /// <summary>All tables, in order.</summary>
    public static IEnumerable<FigureTable> Tables(IReadOnlyList<EvaluationRow> rows, ImageClasses? classes)
    {
        bool isLabelled = classes is not null;
        yield return isLabelled
            ? new("Clusters",
                ["method", "protocol", "clusters", "accuracy *", "95 % interval", "NMI *", "AMI *", "ARI *", "purity *", "silhouette"],
                rows.Select(row => Clusters(rows, row)))
            : new("Clusters", ["method", "protocol", "clusters", "silhouette", "smallest cluster", "largest cluster"],
                rows.Select(row => (string[])
                [
                    row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(), Html.Number(row.Silhouette),
                    Html.Number(row.Sizes.Min(), "n0"), Html.Number(row.Sizes.Max(), "n0"),
                ]));
        EvaluationRow[] fits = [.. rows.Where(row => isLabelled || row.Bic is not null)];
        if (fits.Length > 0)
        {
            RowFigure[] shown = [.. RowFigure.OfFit.Where(figure => isLabelled || !figure.NeedsLabels)];
            yield return new("Cluster fit", ["method", "protocol", "clusters", .. shown.Select(figure => figure.HeadWithMark)],
                fits.Select(row => (string[])[row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(),
                    .. shown.Select(figure => Html.Number(figure.Of(row), figure.NeedsLabels ? "f3" : "n0"))]));
        }
        EvaluationRow[] models = [.. rows.DistinctBy(row => (row.Method, row.ModelSha256))];
        yield return isLabelled
            ? new("Embeddings",
                ["method", "k-NN (k=20) *", "k-NN (k=200) *", "linear probe *", "effective rank", "uniformity", "alignment *", "training"],
                models.Select(row => (string[])
                [
                    row.NameAmong(rows), Html.Percent(row.NeighbourAccuracy), Html.Percent(row.NeighbourAccuracy200),
                    Html.Percent(row.Linear), Html.Number(row.EffectiveRank, "f1"), Html.Number(row.Uniformity, "f2"),
                    Html.Number(row.Alignment, "f2"), Training(row),
                ]))
            : new("Embeddings", ["method", "effective rank", "uniformity", "training"],
                models.Select(row => (string[])
                    [row.NameAmong(rows), Html.Number(row.EffectiveRank, "f1"), Html.Number(row.Uniformity, "f2"), Training(row)]));
        if (rows.Any(row => row.Remark is not null))
        {
            yield return new("Cautions", ["method", "protocol", "clusters", "reason"],
                rows.Where(row => row.Remark is not null)
                .Select(row => (string[])[row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(), row.Remark!]));
        }
        foreach (FigureTable table in SpreadTables.Of(rows, isLabelled))
        {
            yield return table;
        }
        if (classes is { AreDigits: true })
        {
            yield return new("Compared with the poster",
                ["method", "poster's protocol", "poster", "ours, poster's protocol", "ours, strict", "ours, linear"], PosterRows(rows));
        }
    }

    static string[] Clusters(IReadOnlyList<EvaluationRow> rows, EvaluationRow row)
    {
        (double low, double high) = WilsonInterval.Of(row.Accuracy!.Value, row.Images);
        return [row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(), Accuracy(row),
            $"{Html.Percent(low)} to {Html.Percent(high)}", Html.Number(row.Nmi), Html.Number(row.Ami), Html.Number(row.Ari),
            Html.Percent(row.Purity), Html.Number(row.Silhouette)];
    }

    static string Accuracy(EvaluationRow row) =>
        Html.Percent(row.Accuracy) + (row.MajorityVote is null ? "" : $" (majority vote {Html.Percent(row.MajorityVote)})");

    static string Training(EvaluationRow row) => row.TrainSeconds is double seconds ? Html.Number(seconds, "f0") + " s" : "-";

    // The poster's systems beside ours; of a method's rows the first model's, by the clusterer that its section shows, never the best.
    static IEnumerable<string[]> PosterRows(IReadOnlyList<EvaluationRow> rows) => PosterFigures.All.Select(figure =>
    {
        EvaluationRow? poster = rows.FirstOrDefault(row => row.Method == figure.Method && row.Protocol == Protocol.Poster),
            strict = ModelSection.Strict(rows.Where(row => row.Method == figure.Method)).FirstOrDefault();
        return (string[])[figure.Method, figure.Protocol, figure.Percent, Cell(figure.IsStrict ? strict : poster), Cell(strict),
            Html.Percent((poster ?? strict)?.Linear)];
    });

    static string Cell(EvaluationRow? row) => row is null ? "-" : $"{Html.Percent(row.Accuracy)} ({row.ClustersText()})";

    public static void Write(Html html, IReadOnlyList<EvaluationRow> rows, ImageClasses? classes)
    {
        html.Raw("<h2 id=\"figures\">Figures</h2>\n");
        foreach (FigureTable table in Tables(rows, classes))
        {
            html.Table(table.Title, table.Heads, table.Rows.Select(cells => (string[])[.. cells.Select(Html.Text)]));
        }
        html.Add($"<p class=\"note\">{Note(classes is not null)}</p>\n");
    }
}
