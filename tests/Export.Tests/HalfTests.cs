using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Files;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

public sealed class HalfTests
{
    static readonly OnnxExportOptions half =
        new()
        {
            Half = true,
            Runtimes = [OrtRuntime.Create(), OrtRuntime.Create(GraphOptimizationLevel.ORT_DISABLE_ALL)],
            ProofSizes = [1, 7]
        };

    [Fact]
    public void Trace_Half_ComputesInHalf_BetweenFloatEnds()
    {
        manual_seed(1);
        using var net = new ContrastNet();
        TracedModel whole = OnnxExport.Trace(net, rand(2, 1, 28, 28)), traced = OnnxExport.Trace(net, rand(2, 1, 28, 28), half);
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(traced.Model);

        Assert.Equal((ElementType.Float32, ElementType.Float32),
            (traced.Model.Inputs[0].Type.Element, traced.Model.Outputs[0].Type.Element));
        Assert.All(traced.Model.Initializers.Where(pair => pair.Value.Type != ElementType.Int64), pair =>
            Assert.Equal(ElementType.Float16, pair.Value.Type));
        Assert.Superset(net.state_dict().Keys.ToHashSet(), traced.Model.Initializers.Select(pair => pair.Key).ToHashSet());
        Assert.All(traced.Model.Nodes.Where(node => node.Op is "Conv" or "Gemm" or "MaxPool"), node =>
            Assert.Equal(ElementType.Float16, types[node.Outputs[0]].Element));
        Assert.InRange((double)traced.Model.ToBytes().Length / whole.Model.ToBytes().Length, 0.5, 0.6);
    }

    [Fact]
    public void Prove_Half_AgreesAndTellsTheCost()
    {
        manual_seed(2);
        using var net = new ContrastNet();
        ExportReport report = OnnxExport.Trace(net, rand(2, 1, 28, 28), half).Prove();

        Assert.Equal((0.01, 0.01), (report.ScaleTolerance, report.RelativeTolerance));
        Assert.All(report.Budget.Where(error => error.Runtime == "TorchSharp"), error => Assert.InRange(error.MaxAbsolute, 0, 1e-5));
        Assert.All(report.Budget.Where(error => error.Runtime != "TorchSharp"), error => Assert.InRange(error.MaxAbsolute, 1e-5, 1e-2));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(21)]
    public void Prove_OtherNets_RunInOnnxRuntime(int opset)
    {
        manual_seed(3);
        using var residual = new ResidualNet();
        using var upsample = new Fn(x => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Bilinear) + x.mean());
        if (opset > 13)
        {
            using var attention = new AttentionNet();
            _ = OnnxExport.Trace(attention, [randn(2, 5, 8), randn(2, 3, 8)], half with { Opset = opset }).Prove();
            _ = OnnxExport.Trace(residual, randn(3, 6) * 3, half with { Opset = opset, ProofSizes = [1] }).Prove();
        }
        _ = OnnxExport.Trace(upsample, rand(2, 3, 4, 4), half with { Opset = opset }).Prove();
        // the guard of 1e-12 must not vanish
        _ = OnnxExport.Trace(new Fn(x => F.normalize(x * 0)), rand(2, 3), half with { Opset = opset }).Prove();
        _ = OnnxExport.Trace(new Fn(x => x), rand(2, 3), half with { Opset = opset }).Prove();
    }

    [Fact]
    public void Save_HalfBeyondTolerance_LeavesNoFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.onnx");
        // 2048 + 1 is no half.
        string message = Assert.Throws<ParityException>(() =>
            OnnxExport.Trace(new Fn(x => (x + 2049) - 2048), ones(2, 3), half with { HalfTolerance = 1e-3 }).Save(path)).Message;
        Assert.Contains("differs by 1", message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}
