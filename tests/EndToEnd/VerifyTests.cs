using System.Text.Json;
using Google.Protobuf;
using Onnx;
using Toolchain.Commands;
using Toolchain.Commands.Verbs;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl verify</c> and <c>uvl export --info</c> on our models, foreign ones and damaged ones.</summary>
public sealed class VerifyTests : CommandTest
{
    static (int Status, string Output, string Error) RunLight(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var program = new UvlProgram(GlobalOptions.CreateRoot("light", SharedCommands.Create()), ExitCodes.Of);
        int status = program.Run(arguments, output, error);
        return (status, output.ToString(), error.ToString());
    }

    static GraphBuilder Encoder(long width = 784)
    {
        var graph = new GraphBuilder("encoder");
        Value x = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        Value w =
            graph.Initializer("fc.weight", TensorData.Of([.. Enumerable.Range(0, (int)(3 * width)).Select(i => i % 5 / 5f)], 3, width));
        graph.Scope = "fc";
        graph.Output("embedding", graph.Gemm(graph.Flatten(x), w, transB: true));
        return graph;
    }

    string Save(OnnxModel model, string name = "model.onnx")
    {
        model.Save(In(name));
        return In(name);
    }

    string Change(Action<ModelProto> change)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(Encoder().Build().ToBytes());
        change(proto);
        File.WriteAllBytes(In("changed.onnx"), proto.ToByteArray());
        return In("changed.onnx");
    }

    void Fails(int expected, string part, params string[] arguments)
    {
        (int status, _, string error) = Run(arguments);
        Assert.Equal(expected, status);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'), line => line.StartsWith("uvl: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_OwnModel_PrintsItAndAgrees()
    {
        OnnxModel model = Encoder().Build(new Dictionary<string, string> { ["uvl.method"] = "hand" }, "A sum.");
        (int status, string output, string error) = RunLight("verify", Save(model), "--data", "strokes:700");

        Assert.True(status == 0, error);
        string[] expected =
        [
            "format      IR 8, ai.onnx 17, by uvl", "graph       encoder: A sum.", "input       image: Float32 [N,1,28,28]",
            "output      embedding: Float32 [N,3]", "parameters  2,352",
            "FLOPs       4,704 per image (named axes as 1)", "operators   Flatten 1, Gemm 1", "metadata    uvl.method = hand",
                "node        fc/Flatten: Flatten -> Float32 [N,784]", "node        fc/Gemm: Gemm -> Float32 [N,3]",
            "structure   sound: 2 nodes with types and shapes checked",
            "trial       runs within bounds on random input, in a process of its own",
                "contract    met: image to embedding: Float32 [N,3]",
        ];
        Assert.Equal(expected, output.Split('\n')
            .Where(line => !line.StartsWith("file", StringComparison.Ordinal) && !line.StartsWith("agreement", StringComparison.Ordinal)
            && line != ""));
        Assert.Contains("differs from the float64 evaluator on 16 images by ", output, StringComparison.Ordinal);
        Assert.Contains(model.Save(In("again.onnx")).Sha256, output, StringComparison.Ordinal);
        Assert.Equal(output, Run("verify", In("model.onnx"), "--data", "strokes:700").Output);
    }

    // A calibrated model has 40 kB of centres there.
    [Fact]
    public void Info_LongMetadata_IsCutAndSaidWhole()
    {
        var metadata = new Dictionary<string, string> { ["uvl.long"] = new string('x', 1234) };
        string model = Save(Encoder().Build().WithMetadata(metadata));
        (int status, string output, _) = Run("export", "--info", model);
        Assert.Equal(0, status);
        Assert.Contains($"uvl.long = {new string('x', 200)}... (1,234 characters; --json has all)\n", output, StringComparison.Ordinal);
        Assert.Contains(new string('x', 1234), Run("export", "--info", model, "--json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_PrintsWithoutChecking()
    {
        (int status, string output, _) = Run("export", "--info", Save(Encoder().Build()));
        Assert.Equal(0, status);
        Assert.Contains("operators   Flatten 1, Gemm 1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("agreement", output, StringComparison.Ordinal);
        Fails(2, "expected RUN, a run folder, or --info MODEL; found neither.", "export");
    }

    [Fact]
    public void Verify_ForeignModelThatDoesNotRun_IsListed()
    {
        string path = Change(proto =>
        {
            proto.IrVersion = 3;
            proto.OpsetImport[0].Version = 9;
            proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
            var branch = new GraphProto { Name = "body" };
            branch.Node.Add(new NodeProto { OpType = "Sin", Input = { "embedding" }, Output = { "sine" } });
            branch.Output.Add(new ValueInfoProto { Name = "sine" });
            var node = new NodeProto { OpType = "Scan", Input = { "fc.weight" }, Output = { "chosen" } };
            node.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = branch });
            proto.Graph.Node.Add(node);
            proto.Graph.Node.Add(new NodeProto
            {
                OpType = "FusedGemm",
                Domain = "com.microsoft",
                Input = { "chosen" },
                Output = { "fused" }
            });
        });
        (int status, string output, string error) = Run("verify", path);

        Assert.Equal(4, status);
        Assert.Contains("trial: expected an ONNX model, found ", error, StringComparison.Ordinal);
        Assert.Contains("IR 3, ai.onnx 9, com.microsoft 1", output, StringComparison.Ordinal);
        Assert.Contains("operators   Flatten 1, Gemm 1, Scan 1, Sin 1, com.microsoft.FusedGemm 1", output, StringComparison.Ordinal);
        Assert.Contains(
            "structure   sound as far as known; not checked: opset 9 (known are 13 to 23); operators Scan, com.microsoft.FusedGemm; domain "
            + "com.microsoft; 1 subgraphs", output, StringComparison.Ordinal);
        Assert.Contains("FLOPs       unknown", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ModelOfOtherContract_EndsWith4()
    {
        var graph = new GraphBuilder("other");
        graph.Output("y", graph.Apply("Relu", [graph.Input("x", ElementType.Float32, new Shape("N", 4))]));
        (int status, string output, _) = Run("verify", Save(graph.Build()));
        Assert.Equal(4, status);
        Assert.Contains("contract    not met: ", output, StringComparison.Ordinal);
        Assert.Contains("agreement   ONNX Runtime ", output, StringComparison.Ordinal);
        Fails(4, "contract: not met: ", "verify", Save(graph.Build(new Dictionary<string, string> { ["uvl.method"] = "moco" })));
    }

    [Fact]
    public void Verify_DamagedModels_EndWith4AndThePlace()
    {
        File.WriteAllText(In("text.onnx"), "no model at all");
        File.WriteAllBytes(In("bytes.onnx"), [8, 8, 0x3A, 99]);
        Fails(4, "text.onnx': expected an ONNX model, found text that starts 'no model at all'; name the model.", "verify",
            In("text.onnx"));
        Fails(4, "not an ONNX model: at byte ", "verify", In("bytes.onnx"));
        Fails(4, "bytes.onnx': not an ONNX model: at byte ", "export", "--info", In("bytes.onnx"));
        Fails(4, "graph.initializer[0] 'fc.weight': A Float32 tensor of shape [7,784] needs 21952 bytes, found 9408.", "verify",
            Change(proto => proto.Graph.Initializer[0].Dims[0] = 7));
        Fails(4, "graph.node[0] 'fc/Flatten' (Flatten): input 'embedding' is computed only by graph.node[1] 'fc/Gemm' (Gemm), itself or "
            + "after it", "verify", Change(proto => proto.Graph.Node[0].Input[0] = "embedding"));
        Fails(4, "node 'fc/Gemm' (Gemm): ", "verify", Change(proto => proto.Graph.Initializer[0].Dims.Add(1)));
        Fails(4, "expected a relative path below the model's folder", "verify", Change(proto =>
        {
            proto.Graph.Initializer[0].ClearRawData();
            proto.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
            proto.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "../../etc/passwd" });
        }));
        Fails(3, "no such file", "verify", In("nowhere.onnx"));
    }

    [Fact]
    public void Verify_Json_HasChecksAndModel()
    {
        (int status, string output, _) = Run("verify", Save(Encoder().Build()), "--json");
        Assert.Equal(0, status);
        JsonElement line = JsonDocument.Parse(output).RootElement;
        Assert.Equal("verified", line.GetProperty("event").GetString());
        Assert.Equal(4704, line.GetProperty("model").GetProperty("flops_per_row").GetDouble());
        Assert.All(line.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("passed").GetBoolean()));
    }

    [Fact]
    public void Verify_Help_SaysWhatIsRunWithoutData()
    {
        string help = Run("verify", "--help").Output;
        Assert.Matches(@"--data <data> +Images to run, as for other commands; without it, random input\.", help);
    }

    [Fact]
    public void Verify_GiantModel_IsNotRun()
    {
        var graph = new GraphBuilder("giant");
        Value x = graph.Input("x", ElementType.Float32, new Shape(1L << 30));
        graph.Output("y", graph.Apply("Relu", [x]));
        Fails(4, "trial: ", "verify", Save(graph.Build()));
    }
}
