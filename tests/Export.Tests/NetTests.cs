using Toolchain.Export.Tracing;
using Toolchain.Graph;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

public sealed class NetTests
{
    static readonly OnnxExportOptions proven = new() { Runtimes = [OrtRuntime.Create()] };

    [Fact]
    public void Trace_ContrastNet_HasModulePathsAndStateDictNames()
    {
        manual_seed(1);
        using var net = new ContrastNet();
        var options = new OnnxExportOptions
        {
            Runtimes = proven.Runtimes,
            Inputs = [new("image", Axis.Named("N"), 1, 28, 28)],
            Outputs = ["embedding"],
            Metadata = { ["uvl.seed"] = "7" },
            KeepNaN = false
        };

        TracedModel traced = OnnxExport.Trace(net, rand(4, 1, 28, 28), options);

        Assert.Equal("image Float32 [N,1,28,28]", $"{traced.Model.Inputs[0].Name} {traced.Model.Inputs[0].Type}");
        Assert.Equal("embedding Float32 [N,12]", $"{traced.Model.Outputs[0].Name} {traced.Model.Outputs[0].Type}");
        Assert.Equal(["Sub", "Div", "conv1/Conv", "Relu", "conv2/Conv", "Relu_1", "MaxPool", "Flatten", "head/Gemm", "ReduceL2", "Clip",
            "Div_1"], traced.Model.Nodes.Select(node => node.Name));
        Assert.Subset(traced.Model.Initializers.Select(pair => pair.Key).ToHashSet(), net.state_dict().Keys.ToHashSet());
        Assert.Equal("7", traced.Model.Metadata["uvl.seed"]);
        Assert.All(traced.Prove().Errors, error => Assert.InRange(error.MaxAbsolute, 0, 1e-5));
    }

    [Fact]
    public void Trace_ResidualNet_AgreesInBothOutputs()
    {
        manual_seed(2);
        using var net = new ResidualNet();

        TracedModel traced = OnnxExport.Trace(net, randn(3, 6), proven with { Outputs = ["embedding", "cluster"] });

        Assert.Equal(["Float32 [N,6]", "Int64 [N]"], traced.Model.Outputs.Select(output => output.Type.ToString()));
        Assert.Equal(2, traced.Model.Nodes.Count(node => node.Op == "Gemm" && node.Inputs[1] == "shared.weight"));
        Assert.Contains("block.bn/BatchNormalization", traced.Model.Nodes.Select(node => node.Name));
        Assert.Equal(16, traced.Prove().Errors.Count); // 2 runtimes, 4 sizes, 2 outputs
    }

    [Fact]
    public void Trace_TwoInputsAndReshapes_KeepsBatchFree()
    {
        manual_seed(3);
        using var net = new AttentionNet();

        TracedModel traced = OnnxExport.Trace(net, [randn(2, 5, 8), randn(2, 3, 8)], proven with { Opset = 15 });

        Assert.Equal(["[N,5,8]", "[N,3,8]"], traced.Model.Inputs.Select(input => input.Shape.ToString()));
        _ = traced.Prove();
    }

    [Fact]
    public void Trace_Autoencoder_OfSequentials_Exports()
    {
        manual_seed(4);
        using var encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 12));
        encoder.eval();

        TracedModel traced = OnnxExport.Trace(encoder, rand(2, 1, 28, 28), proven);

        Assert.Equal(["0/Flatten", "1/Gemm", "2/Relu", "3/Gemm"], traced.Model.Nodes.Select(node => node.Name));
        _ = traced.Prove();
    }

    [Fact]
    public void Save_Twice_GivesSameBytesAndReport()
    {
        manual_seed(5);
        using var net = new ContrastNet();
        using var folder = new TemporaryFolder();
        ExportReport first = OnnxExport.Trace(net, rand(4, 1, 28, 28)).Save(folder["a.onnx"]);
        ExportReport second = OnnxExport.Trace(net, rand(4, 1, 28, 28)).Save(folder["b.onnx"]);

        Assert.Equal(File.ReadAllBytes(folder["a.onnx"]), File.ReadAllBytes(folder["b.onnx"]));
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal([1, 2, 7, 64], first.Sizes);
        Assert.Contains("\"Conv\": 2", first.ToJson());
    }

    [Fact]
    public void Trace_FixedAxes_HasFixedShapes()
    {
        TracedModel traced = OnnxExport.Trace(new Fn(x => x.exp()), rand(2, 3), proven with { Inputs = [new("x", 2, 3)] });

        Assert.Equal("[2,3]", traced.Model.Outputs[0].Shape.ToString());
        Assert.Equal([2], traced.Prove().Sizes);
    }

    [Fact]
    public void Register_NewEntry_IsUsed()
    {
        // The angle of a real number: 0, or pi for a negative one.
        OnnxExport.Register("THSTensor_angle", (graph, call) =>
        {
            Value x = call.Tensor(0), zero = graph.Scalar(0, x);
            return graph.Apply("Where", [graph.Apply("Less", [x, zero]), graph.Scalar(Math.PI, x), zero]);
        });

        _ = OnnxExport.Trace(new Fn(x => x.angle()), randn(2, 3), proven).Prove();
    }
}
