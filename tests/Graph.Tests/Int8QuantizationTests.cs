using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Quantization;

namespace Toolchain.Graph.Tests;

public sealed class Int8QuantizationTests
{
    [Theory]
    [InlineData(-1, 4.1, 0.02, 50)]
    [InlineData(2, 5.1, 0.02, 0)] // 0 is always among the values
    [InlineData(-5.1, -3, 0.02, 255)]
    [InlineData(0, 0, 1, 0)]
    public void Range_HoldsZeroAndBothEnds(double lowest, double highest, double scale, double zero)
    {
        var range = new ActivationRange(lowest, highest);
        Assert.Equal((scale, zero), (Math.Round(range.Scale, 6), range.Zero));
    }

    [Fact]
    public void Gemm_ByHand()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2));
        // Two channels with scales 0.1 and 1: 6.3 / 63 and 63 / 63.
        Value w = graph.Initializer("w", TensorData.Of((float[])[6.3f, -0.26f, 63, 10.4f], 2, 2)),
            b = graph.Initializer("b", TensorData.Of((float[])[0.5f, -1], 2));
        graph.Output("y", graph.Gemm(x, w, b, transB: true));

        OnnxModel model = Int8Quantization.Apply(graph.Build(), new Dictionary<string, ActivationRange> { ["x"] = new(0, 2.55) });

        var weights = model.Initializers.ToDictionary(pair => pair.Key, pair => pair.Value.ToDoubles());
        Assert.Equal([63, -3, 63, 10], weights["w.0.quantized"]);
        Assert.Equal([0.1, 1], weights["w.0.scale"].Select(value => Math.Round(value, 6)));
        // The unit of a bias is that of the products: 0.01 * 0.1 and 0.01 * 1.
        Assert.Equal([500, -100], weights["Gemm.bias.quantized"]);
        Assert.DoesNotContain("w", weights.Keys);
        // 1.004 becomes 100 steps of 0.01, -1 is clipped to 0.
        double[] y = Evaluator.Run(model, new Dictionary<string, TensorData> { ["x"] = TensorData.Of((float[])[1.004f, -1], 1, 2) })["y"]
            .ToDoubles();
        Assert.Equal([6.8, 62], y.Select(value => Math.Round(value, 4)));
    }

    [Fact]
    public void LastSmallProduct_StaysInFloat_AndSoDoesWhatGoesIntoIt()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 100));
        Value hidden = graph.Gemm(x, graph.Initializer("w", TensorData.Of(new float[5000], 50, 100)), null, transB: true);
        graph.Output("y", graph.MatMul(hidden, graph.Initializer("v", TensorData.Of(new float[100], 50, 2))));

        Assert.Equal(["x"], Int8Quantization.Activations(graph.Build()));
        OnnxModel model = Int8Quantization.Apply(graph.Build(), new Dictionary<string, ActivationRange> { ["x"] = new(0, 1) });
        Assert.Contains("v", model.Initializers.Select(pair => pair.Key));
    }

    [Fact]
    public void PoolBeforeTheRelu_NeedsNoStepsBelowZero()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 1, 6, 6)),
            kernel = graph.Initializer("w", TensorData.Of(new float[9], 1, 1, 3, 3));
        Value hidden = graph.Apply("Conv", [x, kernel]);
        Value pooled = graph.Apply("MaxPool", [hidden], new Attributes { ["kernel_shape"] = (long[])[2, 2] });
        graph.Output("y", graph.Apply("Conv", [graph.Apply("Relu", [pooled]), kernel]));
        var range = new ActivationRange(-4, 2.55);

        OnnxModel model = Int8Quantization.Apply(graph.Build(), Int8Quantization.Activations(graph.Build())
            .ToDictionary(name => name, _ => range));

        var weights = model.Initializers.ToDictionary(pair => pair.Key, pair => pair.Value.ToDoubles()[0]);
        Assert.Equal((0, 0.01), (weights[$"{hidden.Name}.zero"], Math.Round(weights[$"{hidden.Name}.scale"], 6)));
        Assert.Equal(Math.Round(6.55 / 255, 6), Math.Round(weights["x.scale"], 6));
    }

    [Fact]
    public void PoolBetweenConvolutions_KeepsItsScale()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 1, 6, 6)),
            kernel = graph.Initializer("w", TensorData.Of(new float[9], 1, 1, 3, 3));
        Value hidden = graph.Apply("Relu", [graph.Apply("Conv", [x, kernel])]);
        Value pooled = graph.Apply("MaxPool", [hidden], new Attributes { ["kernel_shape"] = (long[])[2, 2] });
        graph.Output("y", graph.Apply("Conv", [pooled, kernel]));

        Assert.Equal([hidden.Name, "x"], Int8Quantization.Activations(graph.Build()));
    }

    [Fact]
    public void Operators_RoundToEven_Saturate_AndTakeAScaleForEachChannel()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(2, 3));
        Value scale = graph.Constant(TensorData.Of((float[])[1, 2], 2)),
            zero = graph.Constant(TensorData.FromDoubles([0, 10], [2], ElementType.UInt8));
        Value steps = graph.Apply("QuantizeLinear", [x, scale, zero], new Attributes { ["axis"] = 0 });
        graph.Output("q", steps);
        graph.Output("y", graph.Apply("DequantizeLinear", [steps, scale, zero], new Attributes { ["axis"] = 0 }));

        IReadOnlyDictionary<string,
            TensorData> found = Evaluator.Run(graph.Build(), new Dictionary<string,
            TensorData>
            { ["x"] = TensorData.Of((float[])[0.5f, 1.5f, 300, 1, -40, 3], 2, 3) });

        Assert.Equal(ElementType.UInt8, found["q"].Type);
        Assert.Equal([0, 2, 255, 10, 0, 12], found["q"].ToDoubles());
        Assert.Equal([0, 2, 255, 0, -20, 4], found["y"].ToDoubles());
    }

    [Fact]
    public void Percentile_ClipsOutliers()
    {
        var histogram = new ValueHistogram();
        double[] values = [.. Enumerable.Range(0, 10_000).Select(i => i / 10_000.0), 100];
        histogram.Stretch(values);
        histogram.Count(values);

        Assert.Equal(new ActivationRange(0, 100), histogram.Whole);
        Assert.InRange(histogram.Inside(99.9).Highest, 0.95, 1.05);
    }
}
