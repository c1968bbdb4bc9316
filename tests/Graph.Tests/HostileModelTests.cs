using System.Diagnostics;
using Google.Protobuf;
using Onnx;
using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

/// <summary>Files that were made to do harm, one for each trick; the message names the place.</summary>
public sealed class HostileModelTests
{
    static ModelProto Proto()
    {
        var graph = new GraphBuilder("tiny");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
        graph.Output("y", graph.Apply("Relu", [graph.Gemm(x, graph.Initializer("w", TensorData.Of([1f, 2, 3, 4], 1, 4)), transB: true)]));
        return ModelProto.Parser.ParseFrom(graph.Build().ToBytes());
    }

    static string Refused(Action<ModelProto> change)
    {
        ModelProto proto = Proto();
        change(proto);
        return Refused(proto.ToByteArray());
    }

    static string Refused(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        string message = Assert.Throws<InvalidDataException>(() => OnnxFile.FromBytes(bytes)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L << 20);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 2);
        return message;
    }

    [Fact]
    public void Cycle_NamesBothNodes() => Assert.Equal(
        "not a readable ONNX model: graph.node[0] 'Gemm' (Gemm): input 'y' is computed only by graph.node[1] 'Relu' (Relu), itself or "
        + "after it: the nodes are in the wrong order, or form a cycle.",
        Refused(proto => proto.Graph.Node[0].Input[0] = "y"));

    [Fact]
    public void UnknownInput_NamesIt() => Assert.Equal(
        "not a readable ONNX model: graph.node[0] 'Gemm' (Gemm): input 'z' is computed by no node, and is neither input nor weight.",
        Refused(proto => proto.Graph.Node[0].Input[0] = "z"));

    [Fact]
    public void OutputOfNoNode_NamesIt() =>
        Assert.Equal("not a readable ONNX model: graph.output[0]: 'z' is computed by no node.",
        Refused(proto => proto.Graph.Output[0].Name = "z"));

    [Fact]
    public void DuplicateNames_AreRefused()
    {
        Assert.Equal("not a readable ONNX model: graph.node[1] 'Relu' (Relu): the name 'Gemm.out' is already taken.",
            Refused(proto => proto.Graph.Node[1].Output[0] = "Gemm.out"));
        Assert.Equal("not a readable ONNX model: graph.node[0] 'Gemm' (Gemm): the name 'w' is already taken.",
            Refused(proto => proto.Graph.Node[0].Output[0] = "w"));
        Assert.Equal("not a readable ONNX model: graph.initializer[1]: the name 'w' is already taken.",
            Refused(proto => proto.Graph.Initializer.Add(proto.Graph.Initializer[0].Clone())));
        Assert.Equal("not a readable ONNX model: graph.input[1]: the name 'x' is already taken.",
            Refused(proto => proto.Graph.Input.Add(proto.Graph.Input[0].Clone())));
        Assert.Equal("not a readable ONNX model: graph.output[1]: the name 'y' is already taken.",
            Refused(proto => proto.Graph.Output.Add(proto.Graph.Output[0].Clone())));
        Assert.Equal("not a readable ONNX model: graph.node[0] 'Gemm' (Gemm): attribute 'transB' is there twice.",
            Refused(proto => proto.Graph.Node[0].Attribute.Add(proto.Graph.Node[0].Attribute[0].Clone())));
    }

    [Fact]
    public void SizesAndBytes_ThatDisagree_AreRefused()
    {
        const string place = "not a readable ONNX model: graph.initializer[0] 'w': ";
        Assert.Equal($"{place}A Float32 tensor of shape [1,5] needs 20 bytes, found 16.",
            Refused(proto => proto.Graph.Initializer[0].Dims[1] = 5));
        Assert.Equal($"{place}it has a negative size in [-1,4].", Refused(proto => proto.Graph.Initializer[0].Dims[0] = -1));
        Assert.Equal($"{place}its sizes [4294967296,4294967296] promise more elements than an array holds.",
            Refused(proto => (proto.Graph.Initializer[0].Dims[0], proto.Graph.Initializer[0].Dims[1]) = (1L << 32, 1L << 32)));
        Assert.Equal($"{place}it has 66 axes; expected at most 64.",
            Refused(proto => proto.Graph.Initializer[0].Dims.AddRange(Enumerable.Repeat(1L, 64))));
        Assert.StartsWith($"{place}Element type 8 is not supported", Refused(proto => proto.Graph.Initializer[0].DataType = 8),
            StringComparison.Ordinal);
        Assert.Equal("not a readable ONNX model: graph.input[0] 'x': its sizes [1,4611686018427387904] promise more elements than an array "
            + "holds.",
            Refused(proto => proto.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue = 1L << 62));
    }

    [Fact]
    public void GiantShapesWithinTheGraph_AreRefusedByTheChecker()
    {
        ModelProto proto = Proto();
        proto.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue = 1L << 31;
        Assert.Equal("node 'Gemm' (Gemm): inner sizes 2147483648 and 4 of [N,2147483648] and [1,4] differ.",
            Assert.Throws<GraphException>(() => GraphChecker.Check(OnnxFile.FromBytes(proto.ToByteArray()))).Message);
    }

    [Fact]
    public void ForeignParts_AreRefused()
    {
        Assert.Equal("not a readable ONNX model: graph.node[0] 'Gemm' (Gemm): operator domain 'com.evil' is not supported; expected only "
            + "the default domain.", Refused(proto => proto.Graph.Node[0].Domain = "com.evil"));
        Assert.Equal("not a readable ONNX model: opset 9223372036854775807 is not supported; expected 13 to 23.",
            Refused(proto => proto.OpsetImport[0].Version = long.MaxValue));
        Assert.Equal("not a readable ONNX model: it has 0 sparse weights and 1 functions; expected neither.",
            Refused(proto => proto.Functions.Add(new FunctionProto())));
        Assert.Equal("not a readable ONNX model: graph.node[0] 'Gemm' (Gemm): attribute 'transB': its type Graph is not supported.",
            Refused(proto => proto.Graph.Node[0].Attribute[0].Type = AttributeProto.Types.AttributeType.Graph));
    }

    [Fact]
    public void DeepNesting_IsRefusedWithItsPlace()
    {
        // Bytes by hand: protobuf's own writer measures every message once for each that it is in.
        byte[] type = [20 << 3 & 0x7f | 0x80, 20 >> 4, (byte)AttributeProto.Types.AttributeType.Graph], graph = [];
        for (int depth = 0; depth < 5_000; depth++)
        {
            byte[] attribute = [.. Delimited(1, "then_branch"u8.ToArray()), .. Delimited(6, graph), .. type];
            graph = Delimited(1, [.. Delimited(4, "If"u8.ToArray()), .. Delimited(5, attribute)]);
        }
        string message = Refused(Delimited(7, graph));
        Assert.StartsWith("not an ONNX model: at byte ", message, StringComparison.Ordinal);
        Assert.EndsWith(".node[0].attribute[0].g: messages are nested more than 96 deep.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bombs_AreRefusedBeforeTheyUnpack()
    {
        // graph { node {} node {} ... }: two bytes each, a hundred or more once unpacked.
        byte[] nodes = [.. Enumerable.Repeat((byte[])[0x0a, 0], 4_000_000).SelectMany(pair => pair)];
        Assert.Contains("in ModelProto.graph.node[894782]: the file would unpack to far more than its 8000005 bytes",
            Refused(Delimited(7, nodes)), StringComparison.Ordinal);
        // graph { initializer { int64_data: 0 0 0 ... } }: one byte each, 8 once unpacked.
        Assert.Contains("in ModelProto.graph.initializer[0].int64_data[0]: the file would unpack",
            Refused(Delimited(7, Delimited(5, Delimited(7, new byte[30_000_000])))), StringComparison.Ordinal);
    }

    // What is just not refused: as many empty messages as may be, of the kind that takes most.
    [Theory]
    [InlineData(1, 5)]
    [InlineData(5, 0)]
    [InlineData(11, 0)]
    public void LargestBomb_StaysWithin512Megabytes(int field, int inner)
    {
        byte[] pairs = [.. Enumerable.Repeat((byte[])[(byte)((inner > 0 ? inner : field) << 3 | 2), 0], 894_000).SelectMany(pair => pair)];
        byte[] bytes = Delimited(7, [.. Delimited(1, []), .. inner > 0 ? Delimited(field, pairs) : pairs]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => OnnxFile.FromBytes(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 50L << 20, 512L << 20);
    }

    static byte[] Delimited(int field, byte[] content)
    {
        var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
        output.Flush();
        return stream.ToArray();
    }

    [Fact]
    public void BrokenProtobuf_NamesByteAndField()
    {
        byte[] bytes = Proto().ToByteArray();
        Assert.Equal("not an ONNX model: at byte 2, in ModelProto.ir_version: the message ends within a number.", Refused([0x08, 0x80]));
        Assert.Contains("in ModelProto.graph: a length of", Refused(bytes[..^30]), StringComparison.Ordinal);
        Assert.Equal("not an ONNX model: at byte 0, in ModelProto.ir_version: expected Int64, found wire type 2.", Refused([0x0a, 0]));
        Assert.Equal("not an ONNX model: at byte 2, in ModelProto.producer_name: a name of 2 bytes is longer than 4096, or has control "
            + "characters.", Refused([0x12, 2, 27, 27]));
    }

    [Fact]
    public void ManyTensorsAndInputs_TakeLinearTime()
    {
        ModelProto proto = Proto();
        for (int i = 0; i < 100_000; i++)
        {
            proto.Graph.Initializer.Add(new TensorProto { Name = $"w{i}", DataType = 1, Dims = { 0 } });
            proto.Graph.Input.Add(new ValueInfoProto { Name = $"w{i}" });
        }
        long start = Stopwatch.GetTimestamp();
        Assert.Single(OnnxFile.FromBytes(proto.ToByteArray()).Inputs);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
    }

    [Fact]
    public void Load_WhatIsNoFile_EndsAtOnce()
    {
        Assert.Equal("'nowhere.onnx': no such file; expected an ONNX model.",
            Assert.Throws<FileNotFoundException>(() => OnnxFile.Load("nowhere.onnx")).Message);
        if (!OperatingSystem.IsWindows())
        {
            string pipe = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
            _ = SystemProgram.Run("mkfifo", pipe);
            foreach (string path in (string[])["/dev/zero", pipe])
            {
                Assert.Equal($"'{path}': not an ONNX model: it is empty, or no regular file.",
                    Assert.Throws<InvalidDataException>(() => OnnxFile.Load(path)).Message);
            }
            File.Delete(pipe);
        }
    }
}
