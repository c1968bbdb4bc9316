using System.Text.RegularExpressions;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;

namespace Toolchain.Evaluate.Tests;

public sealed partial class ReportTests
{
    [Fact]
    public void Html_EveryTag_IsClosedInOrder()
    {
        var open = new Stack<string>();
        string page = Regex.Replace(Html(), "<(style|script)>.*?</\\1>", "", RegexOptions.Singleline);
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
        // in the page itself
        Assert.All(Regex.Matches(page, "<script.*"), script => Assert.StartsWith("<script>//", script.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("fetch(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        Assert.All(Regex.Matches(page, "\\b(?:src|href)=\"([^\"]*)\""), link =>
            Assert.Matches("^(data:image/png;base64,|#[a-z0-9-]+$)", link.Groups[1].Value));
    }

    [Fact]
    public void Html_FiguresThatNeedLabels_AreMarked()
    {
        string page = Html();
        Assert.All(new[] { "accuracy *", "NMI *", "ARI *", "AMI *", "purity *", "k-NN (k=20) *", "k-NN (k=200) *", "linear probe *",
            "alignment *" }, name => Assert.Contains($"<th scope=\"col\">{name}</th>", page, StringComparison.Ordinal));
        Assert.Contains("* needs labels.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_TheHeadline_IsTheRowShown_WithItsInterval()
    {
        string article = Regex.Match(Html(), "<article>.*?</article>", RegexOptions.Singleline).Value;
        Assert.Contains("<a href=\"#toy-1\">toy</a>", article, StringComparison.Ordinal);
        Assert.Contains("<p class=\"share\">99.00\u00a0%</p>", article, StringComparison.Ordinal);
        // Wilson 1927 of 99 of 100: centre .9719, half .0263.
        Assert.Contains("(95\u00a0% interval 94.55\u00a0% to 99.82\u00a0%)", article, StringComparison.Ordinal);
        Assert.Contains("10 spectral clusters, matched one to one with the classes", article, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("moco", Clusterer.Gmm, Protocol.Poster, "96.9")]
    [InlineData("capsules", Clusterer.KMeans, Protocol.Strict, "98.54")]
    [InlineData("capsules", Clusterer.Spectral, Protocol.Strict, null)]
    [InlineData("moco", Clusterer.KMeans, Protocol.Strict, null)]
    [InlineData("toy", Clusterer.Gmm, Protocol.Poster, null)]
    public void ThePostersMark_StandsAtRowsOfItsProtocolAlone(string method, Clusterer clusterer, Protocol protocol, string? percent)
    {
        EvaluationRow row = Rows()[0] with { Method = method, Clusterer = clusterer, Protocol = protocol };
        Assert.Equal(percent is null ? null : $"{percent} %", PosterFigures.Of(row)?.Percent);
    }

    [Fact]
    public void ABar_EndsAtTheAccuracy_AndHasThePostersMark()
    {
        EvaluationRow row = Rows()[0] with { Method = "capsules", Clusterer = Clusterer.KMeans, Accuracy = .875, Images = 1600 };
        var html = new Html();
        BarsSection.Write(html, [new ShownModel(null!, row, "capsules-1")], [row], ImageClasses.Digits);
        Assert.Contains("<span class=\"fill\" style=\"width:87.50%\"></span>", html.ToString(), StringComparison.Ordinal);
        Assert.Contains("<span class=\"poster\" title=\"the poster: 98.54 %\" style=\"left:98.54%\">", html.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_MarkTheBestStrictRow_AndLeaveOutEmptyColumns()
    {
        EvaluationRow[] rows = [.. new[] { .5, .9, .7 }.Select(share => Rows()[0] with { Accuracy = share, Silhouette = null }),
            Rows()[0] with { Protocol = Protocol.Poster, Accuracy = .99, Silhouette = null }];
        FigureTable table = FiguresSection.Tables(rows, ImageClasses.Digits).First();
        Assert.Equal(1, table.Best);
        Assert.Equal("90.00 %", table.Rows.ElementAt(1)[Array.IndexOf(table.Heads, "accuracy *")]);
        Assert.DoesNotContain("silhouette", table.Heads);
        Assert.All(table.Rows, cells => Assert.Equal(table.Heads.Length, cells.Length));
    }

    [Fact]
    public void Html_AMistake_SaysWhatItIsAndWhatItWasCalled() =>
        Assert.Contains("<figcaption>0 \u2192 7</figcaption>", Html(), StringComparison.Ordinal);

    [Fact]
    public void Html_EveryAnchor_LeadsSomewhere()
    {
        string page = Html();
        Assert.All(Regex.Matches(page, "href=\"#([^\"]*)\""), link =>
            Assert.Contains($"id=\"{link.Groups[1].Value}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Html_TheMap_HoldsEveryImage()
    {
        byte[] Numbers(string name) => Convert.FromBase64String(Regex.Match(Html(), $"data-{name}=\"([^\"]*)\"").Groups[1].Value);
        Assert.Equal(2 * 100, Numbers("label").Length);
        Assert.Equal(200, Numbers("x").Length);
        Assert.Equal([.. Enumerable.Range(0, 100).SelectMany(i => new byte[] { (byte)(i % 10), 0 })], Numbers("label"));
        // Image 0 was moved to the place of digit 7.
        Assert.Equal(7, Numbers("given")[0]);
    }

    [Fact]
    public void Html_WhatTrainingLeft_IsShown()
    {
        Directory.CreateDirectory(folder["pictures"]);
        foreach (string name in new[] { "step-000000", "step-000010", "codes" })
        {
            ImageSheet.Write(Path.Combine(folder.Root, "pictures", name + ".png"), new byte[ImageShape.Mnist.Size], Preprocess.Mnist);
        }
        File.WriteAllLines(folder["metrics.jsonl"],
            ["{\"step\":0,\"epoch\":0,\"loss\":2.5}", "{\"step\":1,\"epoch\":0,\"loss\":0.5}"]);
        string page = Html(files: RunFiles.Beside(folder["model.onnx"]));
        Assert.Contains("<figcaption>codes</figcaption>", page, StringComparison.Ordinal);
        Assert.Contains("<figcaption>step-000010</figcaption>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("step-000000", page, StringComparison.Ordinal);
        Assert.Contains("<b>loss</b> 0.5 to 2.5, last 0.5 at step 1", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_ASweep_IsShown()
    {
        string sweep = Directory.CreateDirectory(folder["queue"]).FullName;
        Assert.Equal($"'{Path.Combine(sweep, "sweep.md")}': no such file; expected the folder of a finished 'uvl sweep'.",
            Assert.Throws<FileNotFoundException>(() => Ablation.Read(sweep)).Message);
        File.WriteAllText(Path.Combine(sweep, "sweep.md"),
            "# moco\n\n10 images.\n\n| a | b |\n|---|---|\n| 1 | <2> |\n\n| c | d |\n|---|---|\n| 3 | 4 |\n");
        string path = folder["report.html"];
        File.WriteAllText(path, HtmlReport.Text(new ReportContext(Toys.Digits(300), Toys.Digits(100), new Dictionary<string, string>()),
            Rows(), [], [Ablation.Read(sweep)]));
        string page = File.ReadAllText(path);
        Assert.Contains("<h3>queue</h3>\n<p>10 images.</p>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"row\">1</th><td data-head=\"b\">&lt;2&gt;</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<caption>queue: c</caption>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_DrawnStrokes_AreNamedInTheTitle()
    {
        Assert.Contains("<title>Unsupervised digits on drawn strokes (not MNIST): accuracy report</title>", Html("strokes"),
            StringComparison.Ordinal);
        Assert.Contains("<title>Unsupervised digits: accuracy report</title>", Html("mnist"), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_NamesFromFiles_AreEscaped() => Assert.Contains("&lt;b&gt;&amp;", Html("<b>&"), StringComparison.Ordinal);
}
