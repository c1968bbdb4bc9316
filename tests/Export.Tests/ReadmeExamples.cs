using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.OnnxRuntime;
using Toolchain.Export.Tracing;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>The further examples of the package's README, which a test compares with these lines.</summary>
public sealed class ReadmeExamples
{
    [Fact]
    public void Mapping()
    {
        var net = new Fn(x => x.angle());
        // A mapping of your own: the angle of a real number is 0, or pi where it is negative.
        OnnxExport.Register("THSTensor_angle", (graph, call) =>
        {
            var zero = graph.Scalar(0, call.Tensor(0));
            return graph.Apply("Where", [graph.Apply("Less", [call.Tensor(0), zero]), graph.Scalar(Math.PI, zero), zero]);
        });
        OnnxExport.Trace(net, randn(2, 3)).Prove();
    }

    [Fact]
    public void Range()
    {
        var net = new Fn(x => x.narrow(1, 0, Math.Min(x.shape[1], 30)).mean([1]));
        // Between 1 and 30 steps: proven at both ends, refused by the model outside, stated in its metadata as axis.T = 1..30.
        OnnxExport.Trace(net, rand(2, 12, 4), new() { Inputs = [new("x", Axis.Batch(), Axis.Named("T", 1, 30), 4)] }).Prove();
    }

    [Fact]
    public void Runtimes()
    {
        var net = new Fn(x => x.exp());
        // ONNX Runtime with and without its optimisations; by default with, wherever Toolchain.Export.OnnxRuntime is referenced.
        OnnxExport.Trace(net, rand(2, 3), new()
        {
            Runtimes = [OnnxRuntimeParity.Create(), OnnxRuntimeParity.Create(GraphOptimizationLevel.ORT_DISABLE_ALL)],
        }).Prove();
    }

    [Fact]
    public void Transformer()
    {
        // A transformer with a free length, in libtorch's order [L,N,E].
        using var encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2);
        encoder.eval();
        ExportReport report = OnnxExport.Trace(encoder, rand(10, 2, 8), new()
        {
            Inputs = [new("tokens", Axis.Named("L", 1, 128), Axis.Batch(), 8)],
        }).Prove();
        Assert.Contains("L=128, N=2", report.Proven);
    }
}
