using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Figures over the seeds of a training, as mean, standard deviation and range.</summary>
static class SpreadTables
{
    static readonly (string Key, string Head, bool IsShare, bool NeedsLabels)[] clusters =
    [
        ("accuracy", "accuracy *", true, true), ("nmi", "NMI *", false, true), ("ami", "AMI *", false, true), ("ari", "ARI *", false, true), ("purity", "purity *", true, true), ("silhouette", "silhouette", false, false),
    ];

    static readonly (string Key, string Head, bool IsShare, bool NeedsLabels)[] embeddings =
    [
        ("knn20", "20 neighbours *", true, true), ("knn200", "200 neighbours *", true, true), ("linear", "linear *", true, true), ("effective_rank", "effective rank", false, false), ("uniformity", "uniformity", false, false),
        ("alignment", "alignment *", false, true),
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
        (string Key, string Head, bool IsShare, bool NeedsLabels)[] first = [.. clusters.Where(figure => isLabelled || !figure.NeedsLabels)], second = [.. embeddings.Where(figure => isLabelled || !figure.NeedsLabels)];
        yield return new($"Clusters over seeds: {range}", ["system", "protocol", "clusters", "seeds", .. first.Select(figure => figure.Head)], spreads.Select(spread => (string[])
            [spread.Method, spread.Protocol, $"{spread.K}, {spread.Clusterer}", Seeds(spread), .. first.Select(figure => Cell(spread, figure.Key, figure.IsShare))]));
        // The same in each row of a method: shown once.
        SeedSpread[] embedded = [.. spreads.Where(spread => second.Any(figure => spread.Figures.ContainsKey(figure.Key))).DistinctBy(spread => (spread.Method, spread.Figures.GetValueOrDefault("uniformity"), spread.Figures.GetValueOrDefault("knn20")))];
        if (embedded.Length > 0)
        {
            yield return new($"Embeddings over seeds: {range}", ["system", "seeds", .. second.Select(figure => figure.Head)], embedded.Select(spread => (string[])
                [spread.Method, Seeds(spread), .. second.Select(figure => Cell(spread, figure.Key, figure.IsShare))]));
        }
    }

    static string Seeds(SeedSpread spread) => $"{spread.Seeds.Length} ({string.Join(", ", spread.Seeds)})";

    static string Cell(SeedSpread spread, string key, bool isShare)
    {
        if (!spread.Figures.TryGetValue(key, out Spread? found))
        {
            return "-";
        }
        string Text(double value) => isShare ? Html.Number(100 * value, "f2") : Html.Number(value);
        return $"{Text(found.Mean)} \u00b1 {Text(found.StandardDeviation)} ({Text(found.Lowest)} to {Text(found.Highest)}){(isShare ? " %" : "")}";
    }
}
