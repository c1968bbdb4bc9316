using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

/// <summary>Tensors in several pieces, as those above 2 GB are.</summary>
public sealed class LargeTensorTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static readonly float[] numbers = [.. Enumerable.Range(0, 2000).Select(i => i * .5f)];

    static TensorData InPieces()
    {
        byte[] bytes = TensorData.Of(numbers, 10, 200).Bytes.ToArray();
        return TensorData.OfPieces(ElementType.Float32, [10, 200],
            [bytes.AsMemory(0, 1200), bytes.AsMemory(1200, 4800), bytes.AsMemory(6000)]);
    }

    [Fact]
    public void OfPieces_HoldsTheSameElements()
    {
        TensorData tensor = InPieces();

        Assert.Equal((8000L, 2000L), (tensor.ByteCount, tensor.Count));
        Assert.Equal(numbers.Select(number => (double)number), tensor.ToDoubles());
        Assert.Equal(TensorData.Of(numbers, 10, 200).Digest(), tensor.Digest());
        Assert.Equal("a tensor of shape [10,200] has 8000 bytes, which are more than 2 GB in one piece.",
            Assert.Throws<GraphException>(() => tensor.Bytes).Message);
    }

    [Fact]
    public void Save_WithExternalData_WritesAndReadsEveryPiece()
    {
        var graph = new GraphBuilder();
        graph.Output("y", graph.MatMul(graph.Input("x", ElementType.Float32, new Shape("N", 10)), graph.Initializer("w", InPieces())));
        OnnxModel model = graph.Build();
        string path = folder["model.onnx"];

        SavedModel saved = model.Save(path, externalDataThreshold: 1);

        Assert.Equal(8000, new FileInfo(Path.Combine(folder.Root, saved.ExternalData!)).Length);
        foreach (OnnxModel read in (OnnxModel[])[OnnxFile.Load(path), model.ReadBack()])
        {
            Assert.Equal(numbers.Select(number => (double)number), read.Initializers.Single().Value.ToDoubles());
        }
        var inputs = new Dictionary<string, TensorData> { ["x"] = TensorData.Of([1, 0, 0, 0, 0, 0, 0, 0, 0, 2f], 1, 10) };
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i * .5 + 2 * (900 + i * .5)), Evaluator.Run(model, inputs)["y"].ToDoubles());
    }

    [Fact]
    public void Move_PutsBothFilesInPlace()
    {
        var graph = new GraphBuilder();
        graph.Output("y", graph.MatMul(graph.Input("x", ElementType.Float32, new Shape("N", 10)), graph.Initializer("w", InPieces())));
        string from = Path.Combine(Directory.CreateDirectory(folder["staged"]).FullName, "model.onnx"),
            to = folder["other.onnx"];
        SavedModel saved = graph.Build().Save(from, externalDataThreshold: 1);

        saved.Move(from, to);

        Assert.Empty(Directory.GetFiles(folder["staged"]));
        Assert.Equal(2000, OnnxFile.Load(to).Initializers.Single().Value.Count);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(1.00390625, 1.0)] // half of the last place: to the even one
    [InlineData(1.01171875, 1.015625)]
    [InlineData(3.3895313892515355e38, 3.3895313892515355e38)]
    [InlineData(1e39, double.PositiveInfinity)]
    [InlineData(-2.5, -2.5)]
    public void BFloat16_RoundsToTheNearest(double value, double expected) =>
        Assert.Equal(expected, TensorData.Scalar(value, ElementType.BFloat16).ToDoubles()[0]);

    [Fact]
    public void BFloat16_KeepsNaN() => Assert.True(double.IsNaN(TensorData.Scalar(double.NaN, ElementType.BFloat16).ToDoubles()[0]));
}
