using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;

namespace Toolchain.Commands;

/// <summary>The figures of an evaluation on the terminal.</summary>
static class EvaluationText
{
    /// <summary>
    /// Prints the rows, their spread over seeds, what all models get wrong and the path of the report, and sends them as events.
    /// </summary>
    public static void Print(Terminal terminal, List<EvaluationRow> rows, ImageSet test, SharedErrors? errors, string report)
    {
        terminal.Line();
        if (rows.Any(row => row.Accuracy is not null))
        {
            terminal.Line($"{test.Count} test images of {test.Name}; accuracy, NMI, ARI and k-NN accuracy use labels for scoring only; "
                + $"training used none");
            terminal.Table(["method", "protocol", "clusters", "accuracy", "NMI", "ARI", "k-NN (k=20)", "linear"], rows.Select(row => new[]
            {
                row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(" "), Accuracy(row), Number(row.Nmi), Number(row.Ari),
                    Percent(row.NeighbourAccuracy), Percent(row.Linear),
            }));
        }
        else
        {
            terminal.Line($"{test.Count} test images of {test.Name}, without labels: only the figures that need none");
            terminal.Table(["method", "protocol", "clusters", "silhouette", "sizes", "effective rank", "uniformity"],
                rows.Select(row => new[]
            {
                row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(" "), Number(row.Silhouette),
                    $"{row.Sizes.Min()} to {row.Sizes.Max()}", Number(row.EffectiveRank), Number(row.Uniformity),
            }));
        }
        foreach (IGrouping<string, EvaluationRow> remarked in rows.Where(row => row.Remark is not null).GroupBy(row => row.Remark!))
        {
            IEnumerable<string> names = remarked.Select(row => $"{row.NameAmong(rows)} {row.Protocol.Word()} {row.ClustersText(" ")}");
            terminal.Line($"caution: {string.Join(", ", names)}: {remarked.Key}");
        }
        foreach (SeedSpread spread in SeedSpread.Of(rows))
        {
            if (spread.Figures.GetValueOrDefault("accuracy") is Spread accuracy)
            {
                terminal.Event("spread", new JsonObject
                {
                    ["method"] = spread.Method,
                    ["protocol"] = spread.Protocol.Word(),
                    ["clusterer"] = spread.Clusterer.Word(),
                    ["k"] = spread.K,
                    ["seeds"] = new JsonArray([.. spread.Seeds.Select(seed => JsonValue.Create(seed))]),
                    ["accuracy_mean"] = accuracy.Mean,
                    ["accuracy_deviation"] = accuracy.StandardDeviation,
                });
                terminal.Line($"{spread.Method}, {spread.Protocol.Word()}, {spread.K} {spread.Clusterer.Word()}, over seeds "
                    + $"{string.Join(", ", spread.Seeds)}: accuracy {Percent(accuracy.Mean)}, standard deviation "
                    + $"{Percent(accuracy.StandardDeviation)}, {Percent(accuracy.Lowest)} to {Percent(accuracy.Highest)}");
            }
        }
        if (errors is not null)
        {
            const int most = 20;
            string indices = string.Join(", ", errors.Images.Take(most).Select(error => error.Image));
            terminal.Line(errors.Sentence
                + (errors.Images.Count == 0 ? "" : $" Indices: {indices}{(errors.Images.Count > most ? ", ..." : "")}"));
        }
        terminal.Line();
        terminal.Line($"report: {report}");
        foreach (EvaluationRow row in rows)
        {
            terminal.Event("row", MetricsFile.Row(row));
        }
        terminal.Event("report", new JsonObject { ["path"] = report });
    }

    static string Accuracy(EvaluationRow row) =>
        Percent(row.Accuracy) + (row.MajorityVote is double vote ? $" (vote {Percent(vote)})" : "");

    static string Percent(double? share) => share is double known ? Percent(known) : "-";

    static string Number(double? number) => number is double known ? known.ToString("f3", CultureInfo.InvariantCulture) : "-";

    static string Percent(double share) => share.ToString("p2", CultureInfo.InvariantCulture);
}
