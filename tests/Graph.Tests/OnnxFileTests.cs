using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

public sealed class OnnxFileTests
{
    static OnnxModel Model()
    {
        var graph = new GraphBuilder("tiny");
        Value x = graph.Input("image", ElementType.Float32, new Shape("N", 1, 2, 2));
        Value w = graph.Initializer("fc.weight", TensorData.Of([1f, 2, 3, 4], 1, 4));
        graph.Output("embedding", graph.Gemm(graph.Flatten(x), w, transB: true));
        return graph.Build(new Dictionary<string, string> { ["uvl.seed"] = "7", ["uvl.method"] = "tiny" }, "A sum.");
    }

    [Fact]
    public void RoundTrip_KeepsEverything_AndTheBytes()
    {
        byte[] bytes = Model().ToBytes();
        OnnxModel read = OnnxFile.FromBytes(bytes);
        Assert.Equal(bytes, read.ToBytes());
        Assert.Equal((17, 8, "tiny", "A sum."), (read.Opset, read.IrVersion, read.Name, read.Documentation));
        Assert.Equal(new Shape("N", 1, 2, 2), read.Inputs[0].Shape);
        Assert.Equal(new Shape("N", 1), read.Outputs[0].Shape);
        Assert.Equal("7", read.Metadata["uvl.seed"]);
        Assert.Equal([1.0, 2, 3, 4], read.Initializers.Single(pair => pair.Key == "fc.weight").Value.ToDoubles());
    }

    [Fact]
    public void ToBytes_SameGraphBuiltTwice_IsIdentical() => Assert.Equal(Model().ToBytes(), Model().ToBytes());

    [Theory]
    [InlineData(13, 7)]
    [InlineData(14, 7)]
    [InlineData(15, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(21, 10)]
    public void IrVersion_IsTheLowestForTheOpset(int opset, int expected)
    {
        var graph = new GraphBuilder(opset: opset);
        graph.Output("y", graph.Apply("Relu", [graph.Input("x", ElementType.Float32, new Shape(1))]));
        Assert.Equal(expected, graph.Build().IrVersion);
    }

    [Fact]
    public void FromBytes_NotProtobuf_SaysSo()
    {
        var error = Assert.Throws<InvalidDataException>(() => OnnxFile.FromBytes("hello, world"u8.ToArray()));
        Assert.StartsWith("not an ONNX model: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromBytes_EveryTruncation_IsRefusedOrWhole()
    {
        byte[] bytes = Model().ToBytes();
        int refused = 0;
        for (int length = 0; length < bytes.Length; length++)
        {
            try
            {
                // A cut between two fields can leave a shorter but well-formed message; it must then still check.
                GraphChecker.Check(OnnxFile.FromBytes(bytes.AsMemory(0, length)));
            }
            catch (Exception error) when (error is InvalidDataException or GraphException)
            {
                refused++;
            }
        }
        Assert.True(refused > bytes.Length * 0.6, $"only {refused} of {bytes.Length} truncations were refused");
    }

    [Fact]
    public void Load_MissingWeightData_NamesFileAndTensor()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        var proto = Onnx.ModelProto.Parser.ParseFrom(Model().ToBytes());
        proto.Graph.Initializer[0].DataLocation = Onnx.TensorProto.Types.DataLocation.External;
        File.WriteAllBytes(path, Google.Protobuf.MessageExtensions.ToByteArray(proto));
        var error = Assert.Throws<InvalidDataException>(() => OnnxFile.Load(path));
        Assert.Equal($"'{path}': not a readable ONNX model: graph.initializer[0] 'fc.weight': external data lies at ''; expected a "
            + $"relative path below the model's folder, without '.', '..', ':' or '\\'.", error.Message);
        File.Delete(path);
    }

    [Fact]
    public void Check_OutputOfAnotherShape_IsRefused()
    {
        OnnxModel model = Model();
        var wrong = new OnnxModel
        {
            Inputs = model.Inputs,
            Nodes = model.Nodes,
            Initializers = model.Initializers,
            Outputs = [new Value("embedding", new TensorType(ElementType.Float32, new Shape("N", 3)))],
        };
        Assert.Equal("output 'embedding' is declared Float32 [N,3], but is Float32 [N,1].",
            Assert.Throws<GraphException>(() => GraphChecker.Check(wrong)).Message);
    }
}
