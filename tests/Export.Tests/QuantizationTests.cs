using Toolchain.Export.Quantization;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

public sealed class QuantizationTests
{
    static (OnnxModel Model, IReadOnlyDictionary<string, TensorData>[] Batches) Net()
    {
        manual_seed(1);
        using var net = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding: 1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(),
                nn.Linear(16 * 16, 6));
        net.eval();
        OnnxModel model =
            OnnxExport.Trace(net, rand(2, 1, 12, 12),
            new OnnxExportOptions { Inputs = [new("image", Axis.Batch(), 1, 12, 12)], Outputs = ["embedding"] }).Model;
        return (model.WithMetadata(new Dictionary<string, string> { ["kept"] = "yes" }), [.. Enumerable.Range(0, 4).Select(i => Batch(i))]);
    }

    static Dictionary<string, TensorData> Batch(int seed)
    {
        var random = new System.Random(seed);
        float[] pixels = [.. Enumerable.Range(0, 32 * 144).Select(_ => random.NextSingle())];
        return new() { ["image"] = TensorData.Of(pixels, 32, 1, 12, 12) };
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax, true)]
    [InlineData(CalibrationMethod.MinMax, false)]
    [InlineData(CalibrationMethod.Percentile, true)]
    public void Quantize_ConvolutionalNet_AgreesWithTheFloatModel(CalibrationMethod calibration, bool withRuntime)
    {
        (OnnxModel model, IReadOnlyDictionary<string, TensorData>[] batches) = Net();
        ParityRuntime ort = OrtRuntime.Create();

        OnnxModel quantized =
            OnnxQuantizer.Quantize(model, batches, new() { Method = calibration, Runtime = withRuntime ? ort : null });

        Dictionary<string, TensorData> fresh = Batch(99);
        double[] wanted = Evaluator.Run(model, fresh)["embedding"].ToDoubles();
        double spread = wanted.Max() - wanted.Min();
        byte[] bytes = quantized.ToBytes();
        double[] oracle = Evaluator.Run(quantized, fresh)["embedding"].ToDoubles(), runtime = ort.Run(bytes, fresh)["embedding"]
            .ToDoubles();
        Assert.InRange(wanted.Zip(oracle, (a, b) => Math.Abs(a - b)).Max(), 1e-6, .05 * spread);
        Assert.InRange(oracle.Zip(runtime, (a, b) => Math.Abs(a - b)).Max(), 0, .02 * spread);
        Assert.Equal(("yes", "image", "embedding"),
            (quantized.Metadata["kept"], quantized.Inputs.Single().Name, quantized.Outputs.Single().Name));
        Assert.Equal((ElementType.Float32, ElementType.Float32), (quantized.Inputs[0].Type.Element, quantized.Outputs[0].Type.Element));
        Assert.DoesNotContain(quantized.Nodes, node => node.Op == "BatchNormalization");
        Assert.Equal(3, quantized.Initializers.Count(pair => pair.Value.Type == ElementType.Int8 && pair.Value.Sizes.Count > 1));
        Assert.Equal(3,
            quantized.Initializers.Count(pair => pair.Value is { Type: ElementType.Int32 }
            && pair.Key.EndsWith("quantized", StringComparison.Ordinal)));
    }

    [Fact]
    public void Quantize_SameDataTwice_GivesTheSameBytes()
    {
        (OnnxModel model, IReadOnlyDictionary<string, TensorData>[] batches) = Net();
        Assert.Equal(OnnxQuantizer.Quantize(model, batches, new() { Runtime = null }).ToBytes(),
            OnnxQuantizer.Quantize(model, batches, new() { Runtime = null }).ToBytes());
    }

    [Fact]
    public void Quantize_WithoutDataOrProducts_SaysSo()
    {
        (OnnxModel model, IReadOnlyDictionary<string, TensorData>[] batches) = Net();
        Assert.Equal("'batches' is empty; expected calibration data to read the ranges of activations off.",
            Assert.Throws<ExportException>(() => OnnxQuantizer.Quantize(model, [])).Message);
        var graph = new GraphBuilder();
        graph.Output("y", graph.Apply("Relu", [graph.Input("image", ElementType.Float32, new Shape("N", 1, 12, 12))]));
        Assert.Equal("it has no Conv, Gemm or MatMul with constant float32 weights; there is nothing to quantize.",
            Assert.Throws<GraphException>(() => OnnxQuantizer.Quantize(graph.Build(), batches)).Message);
    }
}
