using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Gradients;
using Toolchain.Tests.Gradients;

namespace Toolchain.Export.Tests.Gradients;

/// <summary>Gradients of every operator in ONNX Runtime as in the evaluator, at the opset of the case and at the highest one.</summary>
public sealed class RuntimeGradientTests
{
    const double Tolerance = 2e-5;

    public static IEnumerable<TheoryDataRow<int>> Cases =>
        GradientCases.All.Select((item, i) => new TheoryDataRow<int>(i) { TestDisplayName = $"runtime: {item.Name} #{i}" });

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_InOnnxRuntime_AreTheEvaluators(int index)
    {
        GradientCases.Case item = GradientCases.All.ElementAt(index) with { Type = ElementType.Float32 };
        Dictionary<string, TensorData> inputs = item.Inputs.Select((tensor, i) => (Name: $"x{i}", Tensor: Single(tensor)))
            .ToDictionary(pair => pair.Name, pair => pair.Tensor);
        string[] by = [.. inputs.Where(pair => pair.Value.Type.IsFloat()).Select(pair => pair.Key)];
        foreach (int opset in new[] { item.Opset, OnnxModel.HighestOpset }.Distinct())
        {
            OnnxModel gradients = GradientGraph.Build(GradientCases.WithLoss(item with { Opset = opset }), "loss", by);
            IReadOnlyDictionary<string, TensorData> expected = Evaluator.Run(gradients, inputs),
                found = OrtRuntime.Create().Run(gradients.ToBytes(), inputs);
            Assert.All(by.Select(GradientGraph.NameOf), name =>
            {
                (double[] right, double[] ours) = (expected[name].ToDoubles(), found[name].ToDoubles());
                double largest = Math.Max(right.Select(Math.Abs).Max(), 1e-2);
                Assert.InRange(right.Zip(ours, (a, b) => Math.Abs(a - b)).Max() / largest, 0, Tolerance);
            });
        }
    }

    static TensorData Single(TensorData tensor) =>
        tensor.Type == ElementType.Float64 ? TensorData.FromDoubles(tensor.ToDoubles(), tensor.Sizes, ElementType.Float32) : tensor;
}
