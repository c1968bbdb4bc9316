using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;

namespace Toolchain.Evaluate.Tests;

public sealed partial class ReportTests : IDisposable
{
    static readonly string[] voidElements = ["meta", "img", "input"];

    static readonly Lazy<TsnePlot?> map = new(() => TsnePlot.Of(Moved(), 100));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_SameInputsTwice_GivesTheSameBytes()
    {
        Assert.Equal(Html(), Html());
        Assert.Equal(Metrics(), Metrics());
    }

    [Fact]
    public void RunFiles_BrokenLosses_NamesTheLine()
    {
        string path = folder["metrics.jsonl"];
        File.WriteAllText(path, "{\"loss\":1}\n");
        Assert.Equal($"'{path}', line 1: expected an object in JSON with a step, found '{{\"loss\":1}}'; delete the file to report without "
            + $"curves.",
            Assert.Throws<InvalidDataException>(() => RunFiles.Beside(folder["model.onnx"])).Message);
    }

    [Fact]
    public void Markdown_SaysTheSameFigures()
    {
        string path = folder["report.md"];
        File.WriteAllText(path, MarkdownReport.Text(
            new ReportContext(Toys.Digits(300), Toys.Digits(100), new Dictionary<string, string> { ["uvl"] = "0.1" }), Rows()));
        string text = File.ReadAllText(path);
        Assert.Contains("| toy | strict | 10 | k-means | 99.00 % |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Compared with the poster", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutLabels_EveryFileSaysSo_AndHasNoFigureThatNeedsSome()
    {
        ImageSet train = new("bare", Split.All, Toys.Digits(300).Pixels), test = new("bare", Split.All, Toys.Digits(100).Pixels);
        IReadOnlyList<EvaluationRow> rows = new Evaluation(train, test).Run(Moved(), ProtocolChoice.Strict);
        var context = new ReportContext(train, test, new Dictionary<string, string>());
        File.WriteAllText(folder["report.html"],
            HtmlReport.Text(context, rows, [new ReportedModel(Moved(), map.Value, RunFiles.None)]));
        File.WriteAllText(folder["report.md"], MarkdownReport.Text(context, rows));
        File.WriteAllText(folder["metrics.json"], MetricsFile.Text(test, rows, null));
        string page = File.ReadAllText(folder["report.html"]), text = File.ReadAllText(folder["report.md"]);
        Assert.All(new[] { page, text }, content =>
        {
            Assert.Contains("The images have no labels: the figures that need labels", content, StringComparison.Ordinal);
            Assert.DoesNotContain("accuracy *", content.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("Compared with the poster", content, StringComparison.Ordinal);
        });
        Assert.Contains("<title>Unsupervised digits without labels: report</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-label", page, StringComparison.Ordinal);
        Assert.Equal(2 * 100, Convert.FromBase64String(Regex.Match(page, "data-given=\"([^\"]*)\"").Groups[1].Value).Length);
        Assert.DoesNotContain("misnamed", page.Split("<script>")[0], StringComparison.Ordinal);
        Assert.Contains("A row for each cluster:", page, StringComparison.Ordinal);
        using JsonDocument content = JsonDocument.Parse(File.ReadAllText(folder["metrics.json"]));
        Assert.False(content.RootElement.GetProperty("dataset").GetProperty("labelled").GetBoolean());
        Assert.Equal(JsonValueKind.Null, content.RootElement.GetProperty("rows")[0].GetProperty("accuracy").ValueKind);
    }

    [Fact]
    public void SeveralSeeds_AreNamedAndSpread()
    {
        EvaluationRow[] rows =
            [.. new[] { .5, .7, .9 }.SelectMany((accuracy, seed) =>
            Rows().Take(1)
            .Select(row =>
            row with { Accuracy = accuracy, Seed = $"{seed}", Settings = "same", ModelSha256 = new string((char)('a' + seed), 64) }))];
        string path = folder["report.md"];
        File.WriteAllText(path, MarkdownReport.Text(new ReportContext(Toys.Digits(300), Toys.Digits(100), new Dictionary<string, string>()),
            rows));
        string text = File.ReadAllText(path);
        Assert.Contains("| toy, seed 1 | strict | 10 | k-means | 70.00 % |", text, StringComparison.Ordinal);
        Assert.Contains("| toy | strict | 10 | k-means | 3 (0, 1, 2) | 70.00 ± 20.00 (50.00 to 90.00) % |", text, StringComparison.Ordinal);
        Assert.Contains("## Embeddings over seeds: mean ± standard deviation (lowest to highest)", text, StringComparison.Ordinal);
        File.WriteAllText(path, MetricsFile.Text(Toys.Digits(100), rows, ImageClasses.Digits));
        using JsonDocument content = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement spread = content.RootElement.GetProperty("spreads")[0];
        Assert.Equal(["0", "1", "2"], spread.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetString()));
        Assert.Equal(.2, spread.GetProperty("figures").GetProperty("accuracy").GetProperty("standard_deviation").GetDouble(), 1e-12);
    }

    [Fact]
    public void Markdown_MarkupInNames_IsText()
    {
        EvaluationRow[] rows = [.. Rows().Select(row => row with { Method = "<img src=x onerror=alert(1)> [a](b) `c` | d\u001b" })];
        string text =
            MarkdownReport.Text(new ReportContext(Toys.Digits(300, "<script>"), Toys.Digits(100, "<script>"),
            new Dictionary<string, string>()), rows);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.Contains("| &lt;img src=x onerror=alert(1)&gt; \\[a\\](b) \\`c\\` \\| d\\\\u001b | strict |", text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_HasTheContractsFields()
    {
        using JsonDocument content = JsonDocument.Parse(Metrics());
        Assert.Equal(["name", "sha256", "split", "labelled", "classes"], Names(content.RootElement.GetProperty("dataset")));
        JsonElement row = content.RootElement.GetProperty("rows")[0];
        string[] contract = ["method", "model_sha256", "protocol", "k", "uses_labels", "accuracy", "purity", "nmi", "ari", "knn20",
            "linear", "confusion", "images", "train_seconds", "parameters", "bytes"];
        Assert.Empty(contract.Except(Names(row)));
        Assert.Equal(("toy", 10, 100, 1.0), (row.GetProperty("method").GetString(), row.GetProperty("k").GetInt32(),
            row.GetProperty("images").GetInt32(), row.GetProperty("knn20").GetDouble()));
        Assert.Equal(10, row.GetProperty("confusion").GetArrayLength());
        // Of the ten zeros one was moved to the sevens.
        Assert.Equal((.9, 1.0), (row.GetProperty("recall")[0].GetDouble(), row.GetProperty("recall")[7].GetDouble()));
        Assert.Equal([9, 10, 10, 10, 10, 10, 10, 10, 10, 11], row.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32())
            .Order());
        Assert.All(new[] { "ami", "silhouette", "knn200" }, name => Assert.InRange(row.GetProperty(name).GetDouble(), .5, .999));
        Assert.InRange(row.GetProperty("effective_rank").GetDouble(), 8, 10);

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
    }

    [Fact]
    public void Write_CommaDecimalCulture_GivesTheSameBytes()
    {
        (string html, string metrics) = (Html(), Metrics());
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (commas.NumberFormat.NumberDecimalSeparator, commas.NumberFormat.PercentDecimalSeparator,
            commas.NumberFormat.NumberGroupSeparator) = (",", ",", ".");
        CultureInfo.CurrentCulture = commas;
        try
        {
            Assert.Equal("0,5", 0.5.ToString(CultureInfo.CurrentCulture));
            Assert.Equal(metrics, Metrics());
            Assert.Equal(html, Html());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // One image in a wrong place, so that the page shows a mistake.
    static ModelOutputs Moved()
    {
        ModelOutputs outputs = Toys.ModelOutputs(300, 100);
        float[] test = outputs.Test!.Value.Values.ToArray();
        test.AsSpan(0, 10).Clear();
        test[7] = 10;
        return outputs with { Test = new(test, 10) };
    }

    static IReadOnlyList<EvaluationRow> Rows()
    {
        IReadOnlyList<EvaluationRow> rows = new Evaluation(Toys.Digits(300), Toys.Digits(100)).Run(Moved(), ProtocolChoice.Strict);
        return [.. rows.Select(row => row with { NeighbourAccuracy = 1, TrainSeconds = 12.5, Parameters = 1234567 })];
    }

    string Html(string name = "toy", RunFiles? files = null)
    {
        string path = folder["report.html"];
        File.WriteAllText(path, HtmlReport.Text(
            new ReportContext(Toys.Digits(300, name), Toys.Digits(100, name), new Dictionary<string, string> { ["uvl"] = "0.1" }), Rows(),
            [new ReportedModel(Moved(), map.Value, files ?? RunFiles.None)]));
        string page = File.ReadAllText(path);
        Assert.Contains("misclassified test images", page, StringComparison.Ordinal);
        return page;
    }

    string Metrics()
    {
        string path = folder["metrics.json"];
        File.WriteAllText(path, MetricsFile.Text(Toys.Digits(100), Rows(), ImageClasses.Digits));
        return File.ReadAllText(path);
    }
}
