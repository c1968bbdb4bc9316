using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;

namespace Toolchain.Evaluate.Tests;

public sealed class ReportTests : IDisposable
{
    static readonly string[] voidElements = ["meta", "img"];

    readonly string folder = Directory.CreateTempSubdirectory("uvl-report-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Write_SameInputsTwice_GivesTheSameBytes()
    {
        Assert.Equal(Html(), Html());
        Assert.Equal(Metrics(), Metrics());
    }

    [Fact]
    public void Html_EveryTag_IsClosedInOrder()
    {
        var open = new Stack<string>();
        string page = Regex.Replace(Html(), "<style>.*?</style>", "", RegexOptions.Singleline);
        foreach (Match tag in Regex.Matches(page, "<(/?)([a-z0-9]+)((?:\\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\\s*>"))
        {
            string name = tag.Groups[2].Value;
            if (tag.Groups[1].Value == "/")
            {
                Assert.Equal(open.Pop(), name);
            }
            else if (!voidElements.Contains(name))
            {
                open.Push(name);
            }
        }
        Assert.Empty(open);
        // Whatever looks like a tag was one of those, or the document type.
        Assert.Equal(page.Count(letter => letter == '<') - 1, Regex.Matches(page, "</?[a-z0-9]+[^<>]*>").Count);
    }

    [Fact]
    public void Html_AsksNothingOfTheNetwork()
    {
        string page = Html();
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        Assert.All(Regex.Matches(page, "\\b(?:src|href)=\"([^\"]*)\""), link => Assert.StartsWith("data:image/png;base64,", link.Groups[1].Value));
    }

    [Fact]
    public void Html_FiguresThatNeedLabels_AreMarked()
    {
        string page = Html();
        Assert.All(new[] { "accuracy *", "NMI *", "ARI *", "purity *", "20 neighbours *" }, name => Assert.Contains($"<th scope=\"col\">{name}</th>", page, StringComparison.Ordinal));
        Assert.Contains("* needs labels.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_DrawnStrokes_AreNamedInTheTitle()
    {
        Assert.Contains("<title>Unsupervised digits on drawn strokes (not MNIST): accuracy report</title>", Html("strokes"), StringComparison.Ordinal);
        Assert.Contains("<title>Unsupervised digits: accuracy report</title>", Html("mnist"), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_NamesFromFiles_AreEscaped() => Assert.Contains("&lt;b&gt;&amp;", Html("<b>&"), StringComparison.Ordinal);

    [Fact]
    public void Metrics_HasTheContractsFields()
    {
        using JsonDocument content = JsonDocument.Parse(Metrics());
        Assert.Equal(["name", "sha256", "split"], Names(content.RootElement.GetProperty("dataset")));
        JsonElement row = content.RootElement.GetProperty("rows")[0];
        string[] contract = ["method", "model_sha256", "protocol", "k", "uses_labels", "accuracy", "purity", "nmi", "ari", "knn20", "linear", "confusion", "images", "train_seconds", "parameters", "bytes"];
        Assert.Empty(contract.Except(Names(row)));
        Assert.Equal(("toy", 10, 100, 1.0), (row.GetProperty("method").GetString(), row.GetProperty("k").GetInt32(), row.GetProperty("images").GetInt32(), row.GetProperty("knn20").GetDouble()));
        Assert.Equal(10, row.GetProperty("confusion").GetArrayLength());

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
    }

    [Fact]
    public void Write_CommaDecimalCulture_GivesTheSameBytes()
    {
        (string html, string metrics) = (Html(), Metrics());
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (commas.NumberFormat.NumberDecimalSeparator, commas.NumberFormat.PercentDecimalSeparator, commas.NumberFormat.NumberGroupSeparator) = (",", ",", ".");
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
    static IReadOnlyList<EvaluationRow> Rows()
    {
        Subject subject = Toys.Subject(300, 100);
        float[] test = subject.Test!.Value.Values.ToArray();
        test.AsSpan(0, 10).Clear();
        test[7] = 10;
        IReadOnlyList<EvaluationRow> rows = new Evaluation(Toys.Digits(300), Toys.Digits(100)).Run(subject with { Test = new(test, 10) }, ProtocolChoice.Strict);
        return [.. rows.Select(row => row with { NeighbourAccuracy = 1, TrainSeconds = 12.5, Parameters = 1234567 })];
    }

    string Html(string name = "toy")
    {
        string path = Path.Combine(folder, "report.html");
        HtmlReport.Write(path, new ReportContext(Toys.Digits(300, name), Toys.Digits(100, name), new Dictionary<string, string> { ["uvl"] = "0.1" }), Rows());
        string page = File.ReadAllText(path);
        Assert.Contains("misnamed test digits", page, StringComparison.Ordinal);
        return page;
    }

    string Metrics()
    {
        string path = Path.Combine(folder, "metrics.json");
        MetricsFile.Write(path, Toys.Digits(100), Rows());
        return File.ReadAllText(path);
    }
}
