using Toolchain.Export.Tracing;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

/// <summary>Named axes anywhere: sizes read in C# follow them, or are refused with their place.</summary>
public sealed class AxisTests
{
    static readonly Axis n = Axis.Batch(), h = Axis.Named("H"), w = Axis.Named("W"), l = Axis.Named("L");

    static TracedModel Trace(nn.Module module, Tensor example, params Axis[] axes) =>
        OnnxExport.Trace(module, example, new OnnxExportOptions
        {
            Inputs = [new("x", axes)],
            Runtimes = [OrtRuntime.Create()],
            ProofSizes = [1, 2, 7, 11]
        });

    static void Agrees(Func<Tensor, Tensor> function, Tensor example, string shape, params Axis[] axes)
    {
        TracedModel traced = Trace(new Fn(function), example, axes);

        Assert.Equal(shape, traced.Model.Outputs[0].Shape.ToString());
        ExportReport report = traced.Prove();
        Assert.Empty(report.NotProven);
        Assert.InRange(report.Proven.Count, 4, 80);
        Assert.Equal(2 * report.Proven.Count, report.Errors.Count);
    }

    [Fact]
    public void Strides_FloorTheirSizes() =>
        Agrees(x => F.max_pool2d(F.conv2d(x, ones(2, 1, 3, 3) / 9, strides: [2, 2], padding: [1, 1]), 2), rand(2, 1, 12, 15),
        "[N,2,H_3,W_4]", n, 1, h, w);

    [Fact]
    public void Product_OfSizes_BecomesAnAxis() =>
        Agrees(x => x.reshape(x.shape[0], x.shape[1], x.shape[2] * x.shape[3]).softmax(-1), rand(2, 3, 5, 4), "[N,3,H*W]", n, 3, h, w);

    [Fact]
    public void Sizes_TakenApart_ComeBack() =>
        Agrees(x => x.flatten(2).transpose(1, 2).exp().transpose(1, 2).view(x.shape[0], 3, x.shape[2], x.shape[3]), rand(2, 3, 5, 4),
        "[N,3,H,W]", n, 3, h, w);

    [Fact]
    public void Batch_AndPatches_AreMerged() =>
        Agrees(x => x.reshape(x.shape[0] * x.shape[1], 4) * x.shape[1], rand(2, 5, 4), "[N*L,4]", n, l, 4);

    [Fact]
    public void Half_OfASize_IsCut() => Agrees(x => x.narrow(2, 0, x.shape[2] / 2), rand(2, 1, 9), "[N,1,L_1]", n, 1, l);

    [Fact]
    public void Difference_OfSizes_IsPadded() =>
        Agrees(x => F.pad(x, [(x.shape[2] - x.shape[3]) / 2, x.shape[2] - x.shape[3] - (x.shape[2] - x.shape[3]) / 2]), rand(2, 1, 80, 5),
        "[N,1,H,H]", n, 1, Axis.Named("H", 70, 90), Axis.Named("W", 1, 20));

    [Fact]
    public void Constants_OfTheBatch_AreMade() =>
        Agrees(x => x + zeros(x.shape[0], x.shape[1]).fill_(2) * arange(x.shape[1], dtype: float32), rand(2, 6), "[N,L]", n, l);

    [Fact]
    public void Constants_ReadFromData_MustNotFollow()
    {
        string message = Assert.Throws<ExportException>(() =>
            Trace(new Fn(x => x + tensor(Enumerable.Range(0, (int)x.shape[1]).Select(i => i * i * 0.5f).ToArray())), rand(2, 6), n, l))
            .Message;

        Assert.Contains("THSTensor_add: argument 1 would be baked into the model: it is a constant [6] of digest ", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Triangle_WhoseDiagonalFollowsSizes() => Agrees(x =>
        x.triu(x.shape[2] - x.shape[1] + 1) + x.tril(x.shape[1] / 2) + triu_indices(x.shape[1], x.shape[2], x.shape[2] - 2).sum(),
        rand(2, 5, 7), "[N,L,W]", n, l, w);

    [Fact]
    public void CausalMask_OfFreeLength() =>
        Agrees(x => F.scaled_dot_product_attention(x, x.sin(), x.cos(), is_casual: true), rand(2, 6, 8), "[N,L,8]", n, l, 8);

    [Fact]
    public void Interpolation_ToHalfTheSize() =>
        Agrees(x => F.interpolate(x, [x.shape[2] / 2, x.shape[3] * 2], mode: InterpolationMode.Bilinear, align_corners: false),
        rand(2, 1, 8, 5), "[N,1,H_1,2*W]", n, 1, h, w);

    [Theory]
    [InlineData(InterpolationMode.Bilinear)]
    [InlineData(InterpolationMode.Bicubic)]
    public void AntialiasedInterpolation_ToHalfTheSize(InterpolationMode mode) =>
        Agrees(x => F.interpolate(x, [(x.shape[2] + 1) / 2, x.shape[3] * 2], mode: mode, align_corners: false, antialias: true),
        rand(2, 1, 8, 5), "[N,1,H_1,2*W]", n, 1, h, w);

    [Theory]
    [InlineData(InterpolationMode.Bilinear)]
    [InlineData(InterpolationMode.Bicubic)]
    public void AntialiasedInterpolation_ToAFixedSize(InterpolationMode mode) =>
        Agrees(x => F.interpolate(x, [7, 11], mode: mode, align_corners: true, antialias: true), rand(2, 2, 8, 30),
        "[N,2,7,11]", n, 2, h, w);

    [Fact]
    public void AdaptivePool_OfFreeSize() => Agrees(x => F.adaptive_avg_pool2d(x, [3, 2]), rand(2, 1, 8, 5), "[N,1,3,2]", n, 1, h, w);

    [Fact]
    public void OneAxis_InTwoPlaces_IsOne() =>
        Agrees(x => x.matmul(x) + x.t().tril(), rand(4, 4), "[V,V]", Axis.Named("V"), Axis.Named("V"));

    sealed class Cross : nn.Module<Tensor, Tensor, Tensor>
    {
        public Cross() : base(nameof(Cross)) => eval();

        public override Tensor forward(Tensor queries, Tensor keys) => F.softmax(queries.matmul(keys.transpose(1, 2)) / keys.shape[1], -1)
            .matmul(keys);
    }

    [Fact]
    public void TwoInputs_HaveLengthsOfTheirOwn()
    {
        var options = new OnnxExportOptions
        {
            Inputs = [new("queries", n, l, 4), new("keys", n, Axis.Named("S"), 4)],
            Runtimes = [OrtRuntime.Create()]
        };

        TracedModel traced = OnnxExport.Trace(new Cross(), [rand(2, 5, 4), rand(2, 7, 4)], options);

        Assert.True(OnnxExport.Explain(new Cross(), [rand(2, 5, 4), rand(2, 7, 4)], options).CanExport);
        Assert.Equal("[N,L,4]", traced.Model.Outputs[0].Shape.ToString());
        _ = traced.Prove();
    }

    [Fact]
    public void PowerOfASize_IsRefusedWithItsPlace() => Assert.Matches(
        "^module 'Fn' cannot be exported, 1 obstacle:\n"
        + "  \\(root\\): THSTensor_add_scalar: the number 216/216/3375/512/2197/[0-9/]+ \\(one for each traced size\\) follows a named "
        + "axis in a way that is not understood; expected sums, products, quotients, remainders, roots and bounds of tensor sizes$",
        Assert.Throws<ExportException>(() => Trace(new Fn(x => x + x.shape[1] * x.shape[1] * x.shape[1]), rand(2, 6), n, l)).Message);

    [Fact]
    public void WrongGuess_OfASize_FailsTheProof() =>
        // Traced at 2, 5, 3 and 8 rows, it takes them all.
        Assert.Throws<ParityException>(() => Trace(new Fn(x => x.narrow(0, 0, Math.Min(x.shape[0], 8))), rand(2, 6), n, l).Prove());

    [Fact]
    public void SizesThatTheModuleRefuses_AskForASteps()
    {
        string message = Assert.Throws<ExportException>(() => Trace(new Fn(x => x.view(x.shape[0], -1, 4)), rand(2, 8), n, l)).Message;

        Assert.StartsWith("module 'Fn' fails at N=2, L=21: ", message, StringComparison.Ordinal);
        Assert.EndsWith("If it accepts only some sizes, name their distance in 'AxisSteps', or fix the axis.", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_OfAnAxis_AreKept()
    {
        var options = new OnnxExportOptions
        {
            Inputs = [new("x", n, l)],
            AxisSteps = new Dictionary<string, int> { ["L"] = 4 },
            Runtimes = [OrtRuntime.Create()]
        };

        TracedModel traced = OnnxExport.Trace(new Fn(x => x.view(x.shape[0], -1, 4)), rand(2, 8), options);

        Assert.Equal("[N,L_1,4]", traced.Model.Outputs[0].Shape.ToString());
        _ = traced.Prove();
    }

    [Fact]
    public void Steps_OfAnUnknownAxis_AreRefused() => Assert.Equal(
        "'AxisSteps' names the axis 'M', but the inputs have N.",
        Assert.Throws<ExportException>(() =>
            OnnxExport.Trace(new Fn(x => x), rand(2, 3), new() { AxisSteps = new Dictionary<string, int> { ["M"] = 2 } })).Message);
}
