using System.Text.RegularExpressions;

namespace Toolchain.Graph.Tests;

/// <summary>docs/exporter/conformance.md against what the official vectors say.</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public void Evaluator_OnOfficialVectors_PassesAllButTheListedOnes()
    {
        if (!Directory.Exists(Conformance.Folder))
        {
            Assert.Skip($"the official vectors are not at '{Conformance.Folder}'; install Debian's libonnx-testdata, or name their folder "
                + $"in ONNX_TESTDATA.");
        }
        IReadOnlyList<Conformance.Result> results = Conformance.RunAll();
        Conformance.Result[] failing = [.. results.Where(result => result.Reason is not null)];
        string page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "exporter", "conformance.md"));
        HashSet<string> listed = [.. Case().Matches(page).Select(match => match.Value)];

        string[] wrong =
        [
            .. failing.Where(result => !listed.Contains(result.Name))
            .Select(result => $"not listed, but fails: {result.Name} ({result.Operators}): {result.Reason}"),
            .. listed.Except(failing.Select(result => result.Name))
                .Select(name =>
                $"listed, but {(results.Any(result => result.Name == name) ? "passes" : "is no case of our operators")}: {name}"),
        ];
        Assert.True(wrong.Length == 0, $"docs/exporter/conformance.md is wrong:\n{string.Join("\n", wrong)}");
        Assert.Contains($"{results.Count - failing.Length} of {results.Count} cases pass", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test_relu")]
    [InlineData("test_conv_with_strides_padding")]
    [InlineData("test_softmax_axis_1")]
    public void RunAll_HasTheObviousCases(string name)
    {
        Assert.SkipUnless(Directory.Exists(Conformance.Folder), "the official vectors are not installed.");
        Assert.Null(Conformance.RunAll().Single(result => result.Name == name).Reason);
    }

    [GeneratedRegex(@"\btest_\w+")]
    private static partial Regex Case();
}
