using Toolchain.Graph;
using Toolchain.Graph.Files;
using TorchSharp;

namespace Toolchain.Export.Tests.Gradients;

public sealed class GradientTests
{
    // Relative to the largest element of each gradient.
    const double Tolerance = 1e-5;

    public static IEnumerable<TheoryDataRow<int>> Cases =>
        ConverterCases.All.Select((item, i) => (item, i)).Where(pair => pair.item.HasGradient)
            .Select(pair => new TheoryDataRow<int>(pair.i) { TestDisplayName = $"{pair.item.Entry} #{pair.i}" });

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_OfEachConverter_AreAutograds(int index) => Agrees(ConverterCases.All[index], index, 17);

    [Theory, MemberData(nameof(Cases)), Trait("Category", "Slow")]
    public void Gradients_OfEachConverter_InOtherOpsets_AreAutograds(int index) => Agrees(ConverterCases.All[index], index, 13, 18, 23);

    static void Agrees(ConverterCases.Case item, int index, params int[] opsets)
    {
        var wrong = new List<string>();
        foreach (int opset in opsets.Select(opset => Math.Max(opset, item.Opset)).Distinct())
        {
            using var scope = torch.NewDisposeScope();
            torch.manual_seed(index);
            torch.Tensor example = torch.rand([3, .. item.Sizes]) * (item.High - item.Low) + item.Low;
            AutogradComparison? comparison =
                AutogradComparison.Of(item.Make(), item.Whole ? example.to(torch.int64) : example, opset, item.KeepNaN);
            wrong.AddRange((comparison?.Differences(RunOrt) ?? []).Where(pair => !(pair.Value <= Tolerance))
                .Select(pair => FormattableString.Invariant($"opset {opset}: that of '{pair.Key}' differs by {pair.Value:g3}")));
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    static IReadOnlyDictionary<string, TensorData> RunOrt(OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs) =>
        OrtRuntime.Create().Run(model.ToBytes(), inputs);
}
