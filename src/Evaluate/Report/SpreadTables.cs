using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Figures over the seeds of a training, as mean, standard deviation and range.</summary>
static class SpreadTables
{
    static readonly Column[] clusters =
    [
        new("accuracy", "accuracy *", true), new("nmi", "NMI *"), new("ami", "AMI *"), new("ari", "ARI *"), new("purity", "purity *", true),
        new("silhouette", "silhouette"),
    ];

    static readonly Column[] embeddings =
    [
        new("knn20", "k-NN (k=20) *", true), new("knn200", "k-NN (k=200) *", true), new("linear", "linear *", true),
        new("effective_rank", "effective rank"), new("uniformity", "uniformity"), new("alignment", "alignment *"),
    ];

    /// <summary>None where no method was given with several seeds.</summary>
    public static IEnumerable<FigureTable> Of(IReadOnlyList<EvaluationRow> rows, bool isLabelled)
    {
        IReadOnlyList<SeedSpread> spreads = SeedSpread.Of(rows);
        if (spreads.Count == 0)
        {
            yield break;
        }
        const string range = "mean \u00b1 standard deviation (lowest to highest)";
        Column[] first = Array.FindAll(clusters, column => isLabelled || !column.NeedsLabels),
            second = Array.FindAll(embeddings, column => isLabelled || !column.NeedsLabels);
        yield return new($"Clusters over seeds: {range}",
            ["method", "protocol", "clusters", "seeds", .. first.Select(column => column.Head)], spreads.Select(spread => (string[])
            [spread.Method, spread.Protocol, $"{spread.K}, {spread.Clusterer}", Seeds(spread),
            .. first.Select(column => column.Cell(spread))]));
        // The same in each row of a method: shown once.
        string[][] embedded = [.. spreads.Where(spread => Array.Exists(second, column => spread.Figures.ContainsKey(column.Key)))
            .Select(spread => (string[])[spread.Method, Seeds(spread), .. second.Select(column => column.Cell(spread))])
            .DistinctBy(cells => string.Join('|', cells))];
        if (embedded.Length > 0)
        {
            yield return new($"Embeddings over seeds: {range}", ["method", "seeds", .. second.Select(column => column.Head)], embedded);
        }
    }

    static string Seeds(SeedSpread spread) => $"{spread.Seeds.Length} ({string.Join(", ", spread.Seeds)})";

    sealed class Column(string key, string head, bool isShare = false)
    {
        public string Key => key;

        public string Head => head;

        public bool NeedsLabels => head[^1] == '*';

        public string Cell(SeedSpread spread) => spread.Figures.TryGetValue(key, out Spread? found)
            ? $"{Text(found.Mean)} \u00b1 {Text(found.StandardDeviation)} ({Text(found.Lowest)} to "
            + $"{Text(found.Highest)}){(isShare ? " %" : "")}"
            : "-";

        string Text(double value) => isShare ? Html.Number(100 * value, "f2") : Html.Number(value);
    }
}
