using System.Globalization;
using System.Text;
using System.Text.Json;
using Toolchain.Graph.Inspection;
using Toolchain.Train.Runs;

namespace Toolchain.EndToEnd.Docs;

/// <summary>The tables of accuracies in the README, the model pages and the model cards, from docs/figures.json.</summary>
static class FigureTables
{
    /// <summary>The mean of a figure, percent; with <c>.seed-N</c> behind its id, the value of that seed.</summary>
    public static string Mean(string id)
    {
        string[] parts = id.Split(".seed-");
        Figure figure = Figure.All.FirstOrDefault(known => known.Id == parts[0])
            ?? throw new InvalidDataException($"docs/figures.json: no figure '{parts[0]}'.");
        return Text(figure,
            parts.Length == 1 ? figure.Mean : figure.Of(int.Parse(parts[1], CultureInfo.InvariantCulture))!.Value);
    }

    /// <summary>
    /// One row a method: its headline figures with their spread, beside the poster's; then one of deslanted pixels where there is any.
    /// </summary>
    public static string WriteResults()
    {
        var table = new StringBuilder("| method | strict | poster protocol | the poster | k-NN (k=20) | linear probe | seeds |\n"
            + "|---|---|---|---|---|---|---|\n");
        foreach (string method in MethodRegistry.All.Select(method => method.Name))
        {
            Figure? strict = Headline(method, "strict"), poster = Headline(method, "poster");
            Figure seeds = strict ?? poster ?? throw new InvalidDataException($"docs/figures.json: no headline figure of {method}.");
            table.Append(CultureInfo.InvariantCulture, $"| [{method}](docs/models/{method}.md) | {Cell(strict)} | {Cell(poster)} | "
                + $"{(poster?.Poster is decimal theirs ? $"{theirs} %" : "-")} | {Cell(Headline(method, "knn"))} | "
                + $"{Cell(Headline(method, "linear"))} | {seeds.Seeds.Length} |\n");
            if (Headline(method, "deslanted") is { } upright)
            {
                table.Append(CultureInfo.InvariantCulture,
                    $"| [{method}](docs/models/{method}.md), deslanted | {Cell(upright)} | - | - | - | - | {upright.Seeds.Length} |\n");
            }
        }
        return table.ToString();

        static Figure? Headline(string method, string column) =>
            Figure.All.FirstOrDefault(figure => figure.Method == method && figure.Headline?.Split(' ').Contains(column) == true);

        static string Cell(Figure? figure) => figure is null ? "-" : $"{Mean(figure.Id)} %{Spread(figure)}"
            + (figure.Short is { } words ? $", {words}" : "");
    }

    /// <summary>Every figure of a method, a value a seed.</summary>
    public static string Write(string method)
    {
        Figure[] rows = [.. Figure.All.Where(figure => figure.Method == method)];
        bool hasOthers = rows.Any(row => row.OtherSeeds is not null), hasPoster = rows.Any(row => row.Poster is not null);
        bool hasIndices = rows.Any(row => row.Nmi is not null);
        var table = new StringBuilder($"| figure{(hasOthers ? " | development seeds" : "")} | seeds | mean |"
            + $"{(hasIndices ? " NMI, ARI |" : "")}{(hasPoster ? " the poster |" : "")}\n"
            + $"|---|{(hasOthers ? "---|" : "")}---|---|{(hasIndices ? "---|" : "")}{(hasPoster ? "---|" : "")}\n");
        foreach (Figure row in rows)
        {
            string measure = $"{row.Measure}{(row.UsesLabels ? " (uses labels)" : "")}";
            string settings = row.Settings is { } set ? $", `{set}`" : "";
            string others = !hasOthers ? "" : row.OtherSeeds is null ? " | -" : $" | {Values(row, row.OtherSeeds, row.OtherPercent!)}";
            string poster = !hasPoster ? "" : row.Poster is decimal theirs
                ? string.Create(CultureInfo.InvariantCulture, $" {theirs} % |") : " - |";
            string indices = !hasIndices ? "" : row.Nmi is null ? " - |"
                : string.Create(CultureInfo.InvariantCulture, $" {row.Nmi}, {row.Ari} |");
            table.Append(CultureInfo.InvariantCulture,
                $"| {measure}{settings}{others} | {Values(row, row.Seeds, row.Percent)} | **{Mean(row.Id)} %** |{indices}{poster}\n");
        }
        return table.ToString();
    }

    /// <summary>What a shipped model's manifest says of its size, and the figures of its seed.</summary>
    public static string WriteCard(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Checkout.In("models", folder, "onnx", "manifest.json")));
        // Of a joint encoder the runs that it is joined from.
        JsonElement[] runs = manifest.RootElement.GetProperty("method").GetString() == "joint"
            ? [.. manifest.RootElement.GetProperty("source").EnumerateArray()] : [manifest.RootElement];
        JsonElement root = runs[0];
        int seed = root.GetProperty("seed").GetInt32();
        string method = root.GetProperty("method").GetString()!;
        long parameters = runs.Length == 1 ? root.GetProperty("parameters").GetInt64()
            : ModelInspection.Load(Checkout.Model(folder)).Parameters;
        var table = new StringBuilder("| | |\n|---|---|\n");
        table.Append(CultureInfo.InvariantCulture, $"| parameters | {parameters:n0} |\n"
            + $"| training | [{method}](../../docs/models/{method}.md), "
            + $"{(runs.Length > 1 ? $"{runs.Length} runs, " : "")}"
            + $"{runs.Sum(run => run.GetProperty("train_seconds").GetDouble()):f0} s, {root.GetProperty("machine").GetString()} |\n");
        // The recipe that is shipped is the one of the method's headline.
        string? settings = Figure.All.First(row => row.Method == method && row.Headline is not null).Settings;
        foreach (Figure row in Figure.All.Where(row => row.Method == method && row.Settings == settings && row.Of(seed) is not null))
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {row.Measure}{(row.UsesLabels ? " (uses labels)" : "")} | {Text(row, row.Of(seed)!.Value)} % |\n");
        }
        return table.ToString();
    }

    static string Values(Figure row, int[] seeds, decimal[] values) =>
        $"{string.Join(", ", values.Select(value => Text(row, value)))} % ({string.Join(", ", seeds)})";

    static string Spread(Figure row) =>
        row.Seeds.Length == 1 ? "" : $" ({Text(row, row.Percent.Min())} to {Text(row, row.Percent.Max())})";

    static string Text(Figure row, decimal value) => value.ToString($"f{row.Decimals}", CultureInfo.InvariantCulture);
}
