using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.Conversion;
using Toolchain.Export.Converters;
using Toolchain.Export.Tracing;
using TorchSharp;

namespace Toolchain.Export.Tests;

public sealed class ConverterTests
{
    public static IEnumerable<TheoryDataRow<int>> Cases =>
        ConverterCases.All.Select((item, i) => new TheoryDataRow<int>(i) { TestDisplayName = $"{item.Entry} #{i}" });

    [Fact]
    public void EveryConverter_HasParityCase()
    {
        string[] without = [.. ConverterRegistry.BuiltIn.Concat(ConverterRegistry.Complex).Select(converter => converter.Entry)
            .Except(ConverterCases.All.Select(item => item.Entry.TrimEnd('_')))];

        Assert.Empty(without);
    }

    [Fact]
    public void EveryConverter_IsMappedOnce()
    {
        string[] twice = [.. ConverterRegistry.BuiltIn.GroupBy(converter => converter.Entry).Where(group => group.Count() > 1)
            .Select(group => group.Key)];

        Assert.Empty(twice);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Export_OfEachConverter_AgreesInAllRuntimes(int index) => Agrees(ConverterCases.All[index], index, 17, 13, 18, 23);

    // No operator of ours changes at these; runtimes might.
    [Theory, MemberData(nameof(Cases)), Trait("Category", "Slow")]
    public void Export_OfEachConverter_AgreesAtTheOtherOpsets(int index) =>
        Agrees(ConverterCases.All[index], index, 14, 15, 16, 19, 20, 21, 22);

    static void Agrees(ConverterCases.Case item, int index, params int[] opsets)
    {
        foreach (int opset in opsets)
        {
            using var scope = torch.NewDisposeScope();
            torch.manual_seed(index);
            torch.Tensor example = torch.rand([3, .. item.Sizes]) * (item.High - item.Low) + item.Low;
            example = item.Whole ? example.to(torch.int64) : example;
            torch.nn.Module module = item.Make();
            var options = new OnnxExportOptions
            {
                Opset = opset,
                KeepNaN = item.KeepNaN,
                ProofSizes = [1, 2, 7],
                ProofSeconds = 600,
                Runtimes = [OrtRuntime.Create(), OrtRuntime.Create(GraphOptimizationLevel.ORT_DISABLE_ALL)],
            };

            // The calls of a module are the same at every opset.
            if (opset == opsets[0] || opset < item.Opset)
            {
                ExportPlan plan = OnnxExport.Explain(module, example, options);
                Assert.Contains(item.Entry, plan.Steps.Select(step => step.Entry));
                Assert.Equal(opset < item.Opset,
                    plan.Obstacles.Any(step => step.Obstacle!.Contains($"needs opset {item.Opset}", StringComparison.Ordinal)));
            }
            if (opset < item.Opset)
            {
                continue;
            }
            ExportReport report = OnnxExport.Trace(module, example, options).Prove();

            Assert.Equal([1, 2, 7], report.Sizes);
            Assert.Empty(report.NotProven);
            Assert.Equal(3 * report.Proven.Count, report.Errors.Count / report.Errors.Select(error => error.Output).Distinct().Count());
        }
    }
}
