using System.Text.Json;
using System.Text.RegularExpressions;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;

namespace Toolchain.Evaluate.Tests;

public sealed class SharedErrorsTests
{
    readonly ImageSet test = Toys.Digits(100);

    // Of 100 digits the first model gets 3, 14 and 25 wrong, the second 14, 25 and 36.
    [Fact]
    public void Of_TwoModels_AreTheImagesThatBothGetWrong()
    {
        var (rows, models) = Two();
        SharedErrors errors = SharedErrors.Of(rows, models, test)!;
        Assert.Equal(["a", "b"], errors.Models);
        Assert.Equal([14, 25], errors.Images.Select(image => image.Image));
        Assert.Equal([4, 5], errors.Images.Select(image => image.Label));
        Assert.Equal([5, 7], errors.Images[0].Given);
        Assert.Equal([6, 6], errors.Images[1].Given);
        Assert.Equal("All 2 models classify 2 test images wrongly.", errors.Sentence);
    }

    [Fact]
    public void Of_OneModelOrNoLabels_IsNothing()
    {
        var (rows, models) = Two();
        Assert.Null(SharedErrors.Of(rows, models[..1], test));
        Assert.Null(SharedErrors.Of(rows, models, new ImageSet("bare", Split.All, test.Pixels)));
    }

    [Fact]
    public void Report_ShowsAndListsThem()
    {
        var (rows, models) = Two();
        var context = new ReportContext(Toys.Digits(300), test, new Dictionary<string, string>());
        string page = HtmlReport.Text(context, rows, models);
        string section = Regex.Match(page, "<h2 id=\"shared\">.*?</div>", RegexOptions.Singleline).Value;
        Assert.Contains("All 2 models classify 2 test images wrongly. Under each: true class \u2192 classes given, in the order a, b.",
            section, StringComparison.Ordinal);
        Assert.Equal(["4 \u2192 5, 7", "5 \u2192 6"],
            Regex.Matches(section, "<figcaption>(.*?)</figcaption>").Select(match => match.Groups[1].Value));
        SharedErrors errors = SharedErrors.Of(rows, models, test)!;
        Assert.Contains("| 14 | 4 | 5, 7 |\n| 25 | 5 | 6 |", MarkdownReport.Text(context, rows, errors), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(MetricsFile.Text(test, rows, context.Classes, errors));
        JsonElement first = json.RootElement.GetProperty("shared_errors").GetProperty("images")[0];
        Assert.Equal((14, 4, false), (first.GetProperty("image").GetInt32(), first.GetProperty("label").GetInt32(),
            first.GetProperty("is_doubtful").GetBoolean()));
        Assert.DoesNotContain("shared_errors", MetricsFile.Text(test, rows, context.Classes), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"shared\"", HtmlReport.Text(context, rows, models[..1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_DoubtedLabels_AreCounted()
    {
        SharedError[] images = [new(947, 8, [9, 9], true), new(950, 7, [2, 2], false)];
        Assert.Equal("All 2 models classify 2 test images wrongly; people doubt the label of 1 of them.",
            new SharedErrors(["a", "b"], images).Sentence);
    }

    [Fact]
    public void Of_TestImagesOfMnist_KnowsTheDoubtedLabels()
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable("UVL_DATA_DIR") ?? "", "mnist");
        Assert.SkipUnless(Directory.Exists(folder), "MNIST is not in $UVL_DATA_DIR/mnist");
        ImageSet mnist = ImageSource.Open("mnist", Split.Test);
        // A blot with the label 8 that all five took for a 9, and a 1 that three took for a 6.
        Assert.Equal([8, 1], new[] { 947, 6783 }.Select(image => mnist.Labels![image]));
        Assert.Contains(947, DoubtfulLabels.Of(mnist));
        Assert.Equal(15, DoubtfulLabels.Of(mnist).Count);
        Assert.Empty(DoubtfulLabels.Of(ImageSource.Open("mnist", Split.Train)));
    }

    (EvaluationRow[] Rows, ReportedModel[] Models) Two()
    {
        (string Name, Dictionary<int, int> Wrong)[] given =
            [("a", new() { [3] = 1, [14] = 5, [25] = 6 }), ("b", new() { [14] = 7, [25] = 6, [36] = 2 })];
        EvaluationRow row = new Evaluation(Toys.Digits(300), test).Run(Toys.ModelOutputs(300, 100), ProtocolChoice.Strict)[0];
        return ([.. given.Select(model => row with
        {
            Method = model.Name,
            Given = [.. test.Labels!.Select((label, image) => model.Wrong.GetValueOrDefault(image, label))],
        })], [.. given.Select(model => new ReportedModel(Toys.ModelOutputs(300, 100) with { Method = model.Name }, null, RunFiles.None))]);
    }
}
