using Toolchain.Export.Tracing;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>ONNX Runtime takes part wherever its package is referenced, as it is here.</summary>
public sealed class DefaultRuntimeTests
{
    [Fact]
    public void Runtimes_ByDefault_HoldOnnxRuntime()
    {
        ExportReport report = OnnxExport.Trace(new Fn(x => x.exp()), rand(2, 3)).Prove();

        Assert.Equal(2, report.Runtimes.Count);
        Assert.StartsWith("ONNX Runtime 1.", report.Runtimes[1], StringComparison.Ordinal);
        Assert.Contains(report.Errors, error => error.Runtime == report.Runtimes[1]);
        Assert.Single(OnnxExport.Trace(new Fn(x => x.exp()), rand(2, 3), new() { Runtimes = [] }).Prove().Runtimes);
    }

    [Fact]
    public void ModelThatNoRuntimeLoads_LeavesNoFile()
    {
        var broken = new ParityRuntime("broken", (_, _) => throw new InvalidOperationException("no kernel"));

        string message = Assert.Throws<ParityException>(() =>
            OnnxExport.Trace(new Fn(x => x.exp()), rand(2, 3), new() { Runtimes = [broken] }).Prove()).Message;

        Assert.Contains("broken cannot run the model at N=1: no kernel", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Miss_OfARuntime_NamesTheFirstNode()
    {
        // A runtime that is right up to the third of four nodes.
        var wrong = new ParityRuntime("wrong", (bytes, inputs) => Evaluator.Run(OnnxFile.FromBytes(bytes), inputs)
            .ToDictionary(pair => pair.Key, pair => OnnxFile.FromBytes(bytes).Nodes.Any(node => node.Op == "Sin")
                ? Graph.TensorData.FromDoubles([.. pair.Value.ToDoubles().Select(value => value + 1)], pair.Value.Sizes, pair.Value.Type)
                : pair.Value));

        string message = Assert.Throws<ParityException>(() =>
            OnnxExport.Trace(new Fn(x => x.exp().abs().sin().cos()), rand(2, 3), new() { Runtimes = [wrong] }).Prove()).Message;

        Assert.Contains("it first differs from the float64 evaluator after node 'Sin' (Sin)", message, StringComparison.Ordinal);
        Assert.Contains("declare their range", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Miss_OfAConverter_NamesTheFirstCall()
    {
        OnnxExport.Register("THSSpecial_i1", (graph, call) => graph.Apply("Neg", [call.Tensor(0)]));

        string message = Assert.Throws<ParityException>(() => OnnxExport.Trace(new Fn(x => special.i1(x.exp()).sin()), rand(2, 3))
            .Prove()).Message;

        Assert.Contains("it first differs from the module after THSSpecial_i1 (tensor 'Neg.out')", message, StringComparison.Ordinal);
    }
}
