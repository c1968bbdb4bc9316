using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

/// <summary>Models whose weights lie in the file of another one.</summary>
public sealed class ReferenceFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WriteReference_LargeWeights_LieInTheOtherFile()
    {
        float[] numbers = [.. Enumerable.Range(0, 30_000).Select(i => i / 3f)];
        var graph = new GraphBuilder("wide");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 100));
        Value y = graph.MatMul(x, graph.Initializer("w", TensorData.Of(numbers, 100, 300)));
        graph.Output("y", graph.Add(y, graph.Initializer("b", TensorData.Of(numbers.AsSpan(0, 300), 300))));
        OnnxModel model = graph.Build(new Dictionary<string, string> { ["key"] = "value" }, "text");
        string path = folder["model.onnx"], reference = folder["reference.onnx"];
        _ = model.Save(path);

        OnnxFile.WriteReference(path, reference);

        Assert.InRange(new FileInfo(reference).Length, 1200, 2000); // the bias is in it
        Assert.Equal(model.ToBytes(), OnnxFile.Load(reference).ToBytes());
        // They are read from the other file, not from a copy.
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan().Fill(0);
        File.WriteAllBytes(path, bytes);
        IReadOnlyList<KeyValuePair<string, TensorData>> weights = OnnxFile.Load(reference).Initializers;
        Assert.All(weights[0].Value.ToDoubles(), value => Assert.Equal(0, value));
        Assert.Equal(100 / 3f, (float)weights[1].Value.ToDoubles()[100]);
    }
}
