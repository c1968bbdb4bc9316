using Google.Protobuf;
using Onnx;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

public sealed class ExternalDataTests : IDisposable
{
    readonly TemporaryFolder temporary = new();

    readonly string folder;

    public ExternalDataTests() => folder = Directory.CreateDirectory(temporary["model"]).FullName;

    public void Dispose() => temporary.Dispose();

    string In(string name) => Path.Combine(folder, name);

    static OnnxModel Model(float first = 1)
    {
        var graph = new GraphBuilder("large");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 20));
        float[] weights = [first, .. Enumerable.Range(1, 399).Select(i => i / 7f)];
        graph.Output("y", graph.Gemm(x, graph.Initializer("fc.weight", TensorData.Of(weights, 20, 20)),
            graph.Initializer("fc.bias", TensorData.Of(new float[20], 20)), transB: true));
        return graph.Build();
    }

    [Fact]
    public void Save_AboveThreshold_PutsLargeWeightsBesideTheModel_AndReadsBack()
    {
        SavedModel saved = Model().Save(In("a.onnx"), externalDataThreshold: 1000);
        OnnxModel read = OnnxFile.Load(In("a.onnx"));

        Assert.StartsWith("weights-", saved.ExternalData, StringComparison.Ordinal);
        Assert.Equal(1600, new FileInfo(In(saved.ExternalData!)).Length);
        Assert.True(new FileInfo(In("a.onnx")).Length < 600);
        Assert.Equal(Model().ToBytes(), read.ToBytes());
        Assert.Equal(saved, Model().Save(In("b.onnx"), externalDataThreshold: 1000));
        Assert.Equal(File.ReadAllBytes(In("a.onnx")), File.ReadAllBytes(In("b.onnx")));
    }

    [Fact]
    public void Save_BelowThreshold_IsOneFile()
    {
        Assert.Null(Model().Save(In("a.onnx")).ExternalData);
        Assert.Equal(["a.onnx"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Save_ThatFails_LeavesTheOldModelWhole()
    {
        Model().Save(In("a.onnx"), externalDataThreshold: 1000);
        Directory.CreateDirectory(In("taken.onnx"));
        Assert.ThrowsAny<Exception>(() => Model(first: 2).Save(In("taken.onnx"), externalDataThreshold: 1000));
        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Assert.Equal(Model().ToBytes(), OnnxFile.Load(In("a.onnx")).ToBytes());
    }

    [Fact]
    public void FromBytes_ExternalData_IsRefused()
    {
        Model().Save(In("a.onnx"), externalDataThreshold: 1000);
        Assert.Equal("not a readable ONNX model: graph.initializer[0] 'fc.weight': it lies in another file; expected a self-contained "
            + "model, or a path to read from.",
            Assert.Throws<InvalidDataException>(() => OnnxFile.FromBytes(File.ReadAllBytes(In("a.onnx")))).Message);
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "../secret", "expected a relative path" }, { "a/../../secret", "expected a relative path" },
            { "./weights", "expected a relative path" }, { "a//weights", "expected a relative path" },
        { "/etc/passwd", "expected a relative path" }, { "C:\\secret", "expected a relative path" },
            { "..\\secret", "expected a relative path" }, { "", "expected a relative path" }, { "file:secret", "expected a relative path" },
        { "*/_ORT_MEM_ADDR_/*", "no regular file with content" }, { "nowhere", "no regular file with content" },
            { "empty", "no regular file with content" }, { "sub", "no regular file with content" },
        { "link", "through the link 'link'" }, { "linked/secret", "through the link 'linked'" },
            { "dangling", "through the link 'dangling'" }, { "zero", "through the link 'zero'" },
        { "short", "has 10 bytes, but 1600 from byte 0 are wanted" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Load_HostileLocation_IsRefusedUnread(string location, string part)
    {
        File.WriteAllBytes(temporary["secret"], new byte[1600]);
        File.WriteAllBytes(In("short"), new byte[10]);
        File.WriteAllBytes(In("empty"), []);
        Directory.CreateDirectory(In("sub"));
        File.CreateSymbolicLink(In("link"), temporary["secret"]);
        File.CreateSymbolicLink(In("dangling"), "nothing");
        File.CreateSymbolicLink(In("zero"), "/dev/zero");
        Directory.CreateSymbolicLink(In("linked"), temporary.Root);
        Refused(part, entry => entry.Key == "location" ? location : entry.Value);
    }

    [Theory]
    [InlineData("offset", "-1", "external data has offset '-1'; expected a whole number of bytes.")]
    [InlineData("offset", "9223372036854775807", "has 1600 bytes, but 1600 from byte 9223372036854775807 are wanted.")]
    [InlineData("offset", "1", "has 1600 bytes, but 1600 from byte 1 are wanted.")]
    [InlineData("length", "1604", "of 1604 bytes is stated, but type and sizes need 1600.")]
    public void Load_HostileRange_IsRefused(string key, string value, string part) =>
        Refused(part, entry => entry.Key == key ? value : entry.Value);

    // A small file that is to be read again and again would fill the memory.
    [Fact]
    public void Load_ManyTensorsOverOneRange_AreRefused()
    {
        Model().Save(In("a.onnx"), externalDataThreshold: 1000);
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(In("a.onnx")));
        TensorProto again = proto.Graph.Initializer[0].Clone();
        again.Name = "again";
        proto.Graph.Initializer.Add(again);
        File.WriteAllBytes(In("a.onnx"), proto.ToByteArray());
        Assert.Contains("is smaller than the tensors that lie in it together",
            Assert.Throws<InvalidDataException>(() => OnnxFile.Load(In("a.onnx"))).Message, StringComparison.Ordinal);
    }

    void Refused(string part, Func<StringStringEntryProto, string> change)
    {
        Model().Save(In("a.onnx"), externalDataThreshold: 1000);
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(In("a.onnx")));
        foreach (StringStringEntryProto entry in proto.Graph.Initializer[0].ExternalData)
        {
            entry.Value = change(entry);
        }
        File.WriteAllBytes(In("a.onnx"), proto.ToByteArray());
        string message = Assert.Throws<InvalidDataException>(() => OnnxFile.Load(In("a.onnx"))).Message;
        Assert.StartsWith($"'{In("a.onnx")}': not a readable ONNX model: graph.initializer[0] 'fc.weight': ", message,
            StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
