using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Figures over the seeds of a training, as mean, standard deviation and range.</summary>
static class SpreadTables
{
    /// <summary>None where no method was given with several seeds.</summary>
    public static IEnumerable<FigureTable> Of(IReadOnlyList<EvaluationRow> rows, bool isLabelled)
    {
        IReadOnlyList<SeedSpread> spreads = SeedSpread.Of(rows);
        if (spreads.Count == 0)
        {
            yield break;
        }
        const string range = "mean \u00b1 standard deviation (lowest to highest)";
        RowFigure[] first = [.. RowFigure.OfClusters.Where(figure => isLabelled || !figure.NeedsLabels)],
            second = [.. RowFigure.OfEmbeddings.Where(figure => isLabelled || !figure.NeedsLabels)];
        yield return new($"Clusters over seeds: {range}",
            ["method", "protocol", "K", "clusterer", "seeds", .. first.Select(figure => figure.HeadWithMark)],
            spreads.Select(spread => (string[])
            [
                spread.Method, spread.Protocol.Word(), $"{spread.K}", spread.Clusterer.Word(), Seeds(spread),
                .. first.Select(figure => Cell(spread, figure)),
            ]));
        // The same in each row of a method: shown once.
        string[][] embedded = [.. spreads.Where(spread => Array.Exists(second, figure => spread.Figures.ContainsKey(figure.Key)))
            .Select(spread => (string[])[spread.Method, Seeds(spread), .. second.Select(figure => Cell(spread, figure))])
            .DistinctBy(cells => string.Join('|', cells))];
        if (embedded.Length > 0)
        {
            yield return new($"Embeddings over seeds: {range}", ["method", "seeds", .. second.Select(figure => figure.HeadWithMark)],
                embedded);
        }
    }

    static string Seeds(SeedSpread spread) => $"{spread.Seeds.Length} ({string.Join(", ", spread.Seeds)})";

    static string Cell(SeedSpread spread, RowFigure figure)
    {
        return spread.Figures.TryGetValue(figure.Key, out Spread? found)
            ? $"{Text(found.Mean)} \u00b1 {Text(found.StandardDeviation)} ({Text(found.Lowest)} to "
            + $"{Text(found.Highest)}){(figure.IsShare ? " %" : "")}"
            : Html.None;

        string Text(double value) => figure.IsShare ? Html.Number(100 * value, "f2") : Html.Number(value);
    }
}
