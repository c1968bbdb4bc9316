using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>A table of the report.</summary>
/// <param name="title">What it shows.</param>
/// <param name="heads">Heads of its columns.</param>
/// <param name="rows">Its cells, as plain text.</param>
/// <param name="best">Index of its best row; -1 for none.</param>
sealed class FigureTable(string title, string[] heads, IEnumerable<string[]> rows, int best = -1)
{
    // A column without any figure is left out.
    readonly int[] columns =
        [.. Enumerable.Range(0, heads.Length).Where(column => column == 0 || rows.Any(row => row[column] != Html.None))];

    public string Title => title;

    public string[] Heads => [.. columns.Select(column => heads[column])];

    public IEnumerable<string[]> Rows => rows.Select(row => (string[])[.. columns.Select(column => row[column])]);

    public int Best => best;
}

/// <summary>The tables of figures, for the page and for Markdown. What needs labels is left out where there are none.</summary>
static class FiguresSection
{
    const string LabelNote =
        "* needs labels. No label was used in training or clustering; the interval is Wilson's for one model, not the spread over seeds. "
        + "Marked is the strict row of the highest accuracy, after scoring: it chose nothing.";
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
                [.. Heads, "accuracy *", "95 % interval", "NMI *", "AMI *", "ARI *", "purity *", "silhouette"],
                rows.Select(row => Clusters(rows, row)), Best(rows))
            : new("Clusters", [.. Heads, "silhouette", "smallest cluster", "largest cluster"],
                rows.Select(row => (string[])
                [
                    .. Names(rows, row), Html.Number(row.Silhouette),
                    Html.Number(row.Sizes.Min(), "n0"), Html.Number(row.Sizes.Max(), "n0"),
                ]));
        EvaluationRow[] fits = [.. rows.Where(row => isLabelled || row.Bic is not null)];
        if (fits.Length > 0)
        {
            RowFigure[] shown = [.. RowFigure.OfFit.Where(figure => isLabelled || !figure.NeedsLabels)];
            yield return new("Cluster fit", [.. Heads, .. shown.Select(figure => figure.HeadWithMark)],
                fits.Select(row => (string[])[.. Names(rows, row),
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
            yield return new("Cautions", [.. Heads, "reason"],
                rows.Where(row => row.Remark is not null).Select(row => (string[])[.. Names(rows, row), row.Remark!]));
        }
        foreach (FigureTable table in SpreadTables.Of(rows, isLabelled))
        {
            yield return table;
        }
        if (classes is { AreDigits: true } && rows.Any(row => PosterFigures.All.Any(figure => figure.Method == row.Method)))
        {
            yield return new("Compared with the poster",
                ["method", "poster's protocol", "poster (MNIST)", "ours, poster's protocol", "ours, strict", "ours, linear"],
                PosterRows(rows));
        }
    }

    // What tells a row from the others.
    static string[] Heads => ["method", "protocol", "K", "clusterer"];

    static string[] Names(IReadOnlyList<EvaluationRow> rows, EvaluationRow row) =>
        [row.NameAmong(rows), row.Protocol.Word(), Html.Number(row.K, "n0"), row.Clusterer.Word()];

    // Of the strict rows, where there are several to compare.
    static int Best(IReadOnlyList<EvaluationRow> rows)
    {
        (int best, int strict) = (-1, 0);
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Protocol == Protocol.Strict)
            {
                strict++;
                best = best < 0 || rows[i].Accuracy > rows[best].Accuracy ? i : best;
            }
        }
        return strict > 1 ? best : -1;
    }

    static string[] Clusters(IReadOnlyList<EvaluationRow> rows, EvaluationRow row)
    {
        (double low, double high) = WilsonInterval.Of(row.Accuracy!.Value, row.Images);
        return [.. Names(rows, row), Accuracy(row), $"{Html.Percent(low)} to {Html.Percent(high)}",
            Html.Number(row.Nmi), Html.Number(row.Ami), Html.Number(row.Ari),
            Html.Percent(row.Purity), Html.Number(row.Silhouette)];
    }

    static string Accuracy(EvaluationRow row) =>
        Html.Percent(row.Accuracy) + (row.MajorityVote is null ? "" : $" (majority vote {Html.Percent(row.MajorityVote)})");

    static string Training(EvaluationRow row) => row.TrainSeconds is double seconds ? Html.Number(seconds, "f0") + " s" : Html.None;

    // The poster's systems beside ours; of a method's rows the first model's, by the clusterer that its section shows, never the best.
    static IEnumerable<string[]> PosterRows(IReadOnlyList<EvaluationRow> rows) => PosterFigures.All
        .Where(figure => rows.Any(row => row.Method == figure.Method)).Select(figure =>
    {
        EvaluationRow? poster = rows.FirstOrDefault(row => row.Method == figure.Method && row.Protocol == Protocol.Poster),
            strict = ModelSection.Strict(rows.Where(row => row.Method == figure.Method)).FirstOrDefault();
        return (string[])[figure.Method, figure.Protocol, figure.Percent, Cell(figure.IsStrict ? strict : poster), Cell(strict),
            Html.Percent((poster ?? strict)?.Linear)];
    });

    static string Cell(EvaluationRow? row) => row is null ? Html.None : $"{Html.Percent(row.Accuracy)} ({row.ClustersText()})";

    public static void Write(Html html, IReadOnlyList<EvaluationRow> rows, ImageClasses? classes)
    {
        html.Raw("<h2 id=\"figures\">Figures</h2>\n");
        foreach (FigureTable table in Tables(rows, classes))
        {
            html.Table(table.Title, table.Heads, table.Rows.Select(cells => (string[])[.. cells.Select(Html.Text)]), table.Best);
        }
        html.Add($"<p class=\"note\">{Note(classes is not null)}</p>\n");
    }
}
