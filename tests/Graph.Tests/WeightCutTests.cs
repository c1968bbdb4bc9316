using System.Buffers;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;
using Toolchain.Graph.Reading;

namespace Toolchain.Graph.Tests;

public sealed class WeightCutTests
{
    static byte[] Model(int width)
    {
        var graph = new GraphBuilder("wide");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", width));
        float[] weights = [.. Enumerable.Range(0, 3 * width).Select(i => i / 3f)];
        Value y = graph.Add(graph.Gemm(x, graph.Initializer("w", TensorData.Of(weights, 3, width)), transB: true),
            graph.Initializer("b", TensorData.Of([1f, 2, 3], 3)));
        graph.Output("y", graph.Mul(y, graph.Initializer("v", TensorData.Of([.. weights.Reverse()], width, 3, 1))));
        return graph.Build(new Dictionary<string, string> { ["key"] = "value" }, "text").ToBytes();
    }

    [Fact]
    public void Cut_LargeWeights_LieInTheFile_AndNothingElseChanges()
    {
        byte[] bytes = Model(1000);
        (ReadOnlyMemory<byte> message, IReadOnlyDictionary<int, ReadOnlySequence<byte>> weights) = WeightCut.Cut(bytes);

        Assert.Equal([0, 2], weights.Keys);
        Assert.InRange(message.Length, 100, bytes.Length - 24_000);
        Onnx.ModelProto whole = Onnx.ModelProto.Parser.ParseFrom(bytes), rest = Onnx.ModelProto.Parser.ParseFrom(message.Span);
        foreach ((int index, ReadOnlySequence<byte> weight) in weights)
        {
            Assert.Equal(whole.Graph.Initializer[index].RawData.ToByteArray(), weight.ToArray());
            Assert.Empty(rest.Graph.Initializer[index].RawData);
            rest.Graph.Initializer[index].RawData = whole.Graph.Initializer[index].RawData;
        }
        Assert.Equal(whole, rest);
    }

    [Fact]
    public void Cut_SmallWeights_Stay()
    {
        byte[] bytes = Model(10);
        (ReadOnlyMemory<byte> message, IReadOnlyDictionary<int, ReadOnlySequence<byte>> weights) = WeightCut.Cut(bytes);
        Assert.Empty(weights);
        Assert.Equal(bytes, message.ToArray());
    }

    [Fact]
    public void FromBytes_LargeModel_AllocatesFarLessThanItsSize()
    {
        byte[] bytes = Model(1_000_000);
        _ = OnnxFile.FromBytes(Model(10));
        long before = GC.GetAllocatedBytesForCurrentThread();
        OnnxModel model = OnnxFile.FromBytes(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length / 20);
        Assert.Equal(bytes, model.ToBytes());
    }
}
