using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>Sizes: what holds at the traced sizes only must not get into a file, and a declared range is kept by the file itself.</summary>
public sealed class RangeTests
{
    static readonly Axis n = Axis.Batch(), free = Axis.Named("T");

    static TracedModel Trace(Func<Tensor, Tensor> function, Tensor example, params Axis[] axes) =>
        OnnxExport.Trace(new Fn(function), example,
            new OnnxExportOptions { Inputs = [new("x", axes)], Runtimes = [OrtRuntime.Create()], ProofSizes = [1, 2] });

    public static TheoryData<string> Lies => [.. lies.Keys];

    // Each agrees at the sizes that are traced, and computes something else at others.
    static readonly Dictionary<string, Func<Tensor, Tensor>> lies = new()
    {
        ["cut to 30"] = x => x.narrow(1, 0, Math.Min(x.shape[1], 30)),
        ["branch above 30"] = x => x.shape[1] > 30 ? x.exp() : x.sin(),
        ["hundreds in integers"] = x => x * (1 + x.shape[1] / 50),
        ["steps of a logarithm"] = x => { Tensor y = x; for (int i = 0; i < (int)Math.Log2(x.shape[1]); i++) { y = y * 2; } return y; },
        ["branch of the batch"] = x => x.shape[0] > 100 ? x.exp() : x.sin(),
        ["squeeze"] = x => x.squeeze(1) * 2,
    };

    [Theory, MemberData(nameof(Lies))]
    public void Sizes_ThatMatter_AreFound(string name)
    {
        string message = Assert.ThrowsAny<Exception>(() => Trace(lies[name], rand(2, 6), n, free).Prove()).Message;

        Assert.True(message.Contains("does not agree", StringComparison.Ordinal)
            || message.Contains("takes another way", StringComparison.Ordinal), message);
    }

    [Theory]
    [InlineData("cut to 30", 2, 29)]
    [InlineData("branch above 30", 31, 100)]
    [InlineData("hundreds in integers", 2, 49)]
    public void Sizes_InsideADeclaredRange_Export(string name, int lowest, int highest)
    {
        TracedModel traced = Trace(lies[name], rand(2, (lowest + highest) / 2), n, Axis.Named("T", lowest, highest));
        ExportReport report = traced.Prove();

        Assert.Contains($"N=2, T={lowest}", report.Proven);
        Assert.Contains($"N=2, T={highest}", report.Proven);
        Assert.Equal($"{lowest}..{highest}", traced.Model.Metadata["axis.T"]);
    }

    // The first recordings cannot tell 1 + T/10 from (T+3)/7; further ones do.
    [Fact]
    public void Quotient_OfSeveralThatFit_IsTheRightOne()
    {
        TracedModel traced = Trace(x => x * (1 + x.shape[1] / 10), rand(2, 6), n, free);
        _ = traced.Prove();

        foreach (int size in (int[])[1, 4, 9, 10, 29, 30, 64])
        {
            var input = new Dictionary<string, TensorData> { ["x"] = TensorData.Of([.. Enumerable.Repeat(1f, size)], 1, size) };
            Assert.Equal(1 + size / 10, Evaluator.Run(traced.Model, input).Single().Value.ToDoubles()[0]);
        }
    }

    [Fact]
    public void Roll_BeyondTheSize_Wraps() => _ = Trace(x => x.roll(7, 1) + x.roll(-9, 1), rand(2, 20), n, free).Prove();

    [Fact]
    public void Narrow_FromTheEnd_AtOneRow_IsToldNotThrown()
    {
        ExportReport report = Trace(x => x.narrow(0, x.shape[0] - 2, 2), rand(4, 3), n, 3).Prove();

        Assert.Equal(["N=1: start (0) + length (2) exceeds dimension size (1)."],
            report.RefusedByModule.Select(text => text.Split("Exception")[0].Trim()));
        Assert.Equal([2], report.Sizes);
    }

    [Fact]
    public void Range_ThatTheModuleRefuses_IsRefused() => Assert.Contains(
        "the module fails at N=2, T=2: ",
        Assert.Throws<ParityException>(() => Trace(x => nn.functional.max_pool1d(x.unsqueeze(1), 4), rand(2, 9), n, Axis.Named("T", 2, 30))
            .Prove()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(3)]
    [InlineData(33)]
    public void Model_OutsideOfItsRange_RefusesToRun(int size)
    {
        TracedModel traced = Trace(x => x.exp(), rand(2, 6), n, Axis.Named("T", 4, 32));
        var inside = new Dictionary<string, TensorData> { ["x"] = TensorData.Of(new float[2 * 32], 2, 32) };
        var outside = new Dictionary<string, TensorData> { ["x"] = TensorData.Of(new float[2 * size], 2, size) };

        Assert.Equal([2L, 32L], OrtRuntime.Create().Run(traced.Model.ToBytes(), inside)["output"].Sizes);
        Assert.Throws<GraphException>(() => Evaluator.Run(traced.Model, outside));
        Assert.ThrowsAny<Microsoft.ML.OnnxRuntime.OnnxRuntimeException>(() => OrtRuntime.Create().Run(traced.Model.ToBytes(), outside));
    }

    [Fact]
    public void NamedFirstAxis_IsTracedNearTheExample_NotAsABatch()
    {
        // A module that takes 16 rows or more, which no batch of 2, 5, 3 or 8 is.
        _ = Trace(x => nn.functional.max_pool1d(x.t().unsqueeze(0), 16).squeeze(0), rand(20, 3), Axis.Named("T", 16, 64), 3).Prove();
        Assert.StartsWith("module 'Fn' fails at N=2: ",
            Assert.Throws<ExportException>(() => Trace(x => nn.functional.max_pool1d(x.t().unsqueeze(0), 16), rand(20, 3), n, 3)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_ThatAreNone_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Axis.Named("T", 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Axis.Named("T", 5, 4));
        Assert.Contains("the example's size 9 of axis 'T' is outside its range [1..8]",
            Assert.Throws<ExportException>(() => Trace(x => x, rand(2, 9), n, Axis.Named("T", 1, 8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProofSizes_Empty_AreRefused() => Assert.Contains(
        "'ProofSizes' must hold at least one size",
        Assert.Throws<ExportException>(() => OnnxExport.Trace(new Fn(x => x), rand(2, 3), new() { ProofSizes = [] })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Tolerance_FollowsTheScaleOfTheOutput()
    {
        // 4e-4 of 250 is what float32 gives; zeros are no answer to 1e-9.
        OnnxExport.Register("THSSpecial_i0e", (graph, call) =>
            graph.Apply("Add", [call.Tensor(0), graph.Scalar(250.0004 - 250, call.Tensor(0))]));
        OnnxExport.Register("THSSpecial_i1e", (graph, call) => graph.Apply("Mul", [call.Tensor(0), graph.Scalar(0, call.Tensor(0))]));
        _ = OnnxExport.Trace(new Fn(x => x.exp() * 250), rand(2, 3)).Prove();
        Assert.Throws<ParityException>(() => OnnxExport.Trace(new Fn(x => special.i1e(x) * 1e-9), rand(2, 3)).Prove());
        Assert.Throws<ParityException>(() => OnnxExport.Trace(new Fn(x => special.i0e(x)), rand(2, 3)).Prove());
    }

    // Rounding does not hide it: the largest element is one of those that it is compared with.
    [Fact]
    public void OtherWay_BehindAComparisonWithTheLargest_IsFound()
    {
        using var module = new Fn(x => (x.eq(x.amax([1], true)).to(float32) + 1).log1p() * (x.shape[0] == 7 ? 2 : 1));

        Assert.Contains("N=7", Assert.Throws<ParityException>(() => OnnxExport.Trace(module, rand(2, 3)).Prove()).Message,
            StringComparison.Ordinal);
    }

    // Above 58 the default range ends before the second traced size; one row less would leave the strided size as it is.
    [Fact]
    public void Stride_OfAnImageWithoutRoomAbove_IsFollowed()
    {
        using var module = new Fn(x => nn.functional.adaptive_avg_pool2d(nn.functional.max_pool2d(x, 32), 2).flatten(1));

        TracedModel traced = OnnxExport.Trace(module, rand(2, 3, 95, 95),
            new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), 3, Axis.Named("H"), Axis.Named("W"))] });

        Assert.DoesNotContain(traced.Model.Nodes, node => node.Op == "AveragePool");
        Assert.NotEmpty(traced.Prove().Proven);
    }

    [Fact]
    public void Trace_OfAModuleThatRefusesHalfTheSize_TakesOneLess()
    {
        using var module = new Fn(x => x.shape[1] < 50 ? throw new ArgumentException("too short") : x.cumsum(1));

        Assert.Equal("[N,L]", OnnxExport.Trace(module, rand(2, 70),
            new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), Axis.Named("L"))] }).Model.Outputs[0].Shape.ToString());
    }

    [Fact]
    public void Prove_UninitialisedWeights_AreNamed()
    {
        using var net = nn.GroupNorm(2, 4);
        net.eval();
        using (no_grad())
        {
            net.weight!.fill_(double.NaN);
            net.bias!.fill_(1);
        }

        string message = Assert.Throws<ParityException>(() => OnnxExport.Trace(net, rand(2, 4, 3)).Prove()).Message;

        Assert.Contains("output 'output' is NaN in every element at every size: such an output proves nothing", message,
            StringComparison.Ordinal);
        Assert.Contains("Weights hold NaN or more than 1e+15, as uninitialised memory does: 'weight'.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_IsNotTakenForAnError() => _ = Trace(x => (x + 1000) - 1000 - x, rand(2, 6), n, 6).Prove();
}
