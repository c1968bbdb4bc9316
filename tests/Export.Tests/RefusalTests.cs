using Toolchain.Export.Tracing;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

public sealed class RefusalTests
{
    static string Refused(Func<Tensor, Tensor> function, params long[] sizes) =>
        Assert.Throws<ExportException>(() => OnnxExport.Trace(new Fn(function), rand([2, .. sizes]))).Message;

    sealed class Nested : nn.Module<Tensor, Tensor>
    {
        readonly nn.Module<Tensor, Tensor> outer = nn.Sequential(("inner", new Fn(x => x.i0())));

        public Nested() : base(nameof(Nested))
        {
            RegisterComponents();
            eval();
        }

        public override Tensor forward(Tensor x) => outer.call(x).mvlgamma(1);
    }

    [Fact]
    public void Trace_UnmappedOperators_ListsAllWithModulePath() => Assert.Equal(
        """
        module 'Nested' cannot be exported, 2 obstacles:
          outer.inner: THSTensor_i0: has no mapping; add one with OnnxExport.Register("THSTensor_i0", (graph, call) => ...)
          (root): THSTensor_mvlgamma: has no mapping; add one with OnnxExport.Register("THSTensor_mvlgamma", (graph, call) => ...)
        """,
        Assert.Throws<ExportException>(() => OnnxExport.Trace(new Nested(), rand(2, 3))).Message);

    [Fact]
    public void Explain_UnmappedOperators_TellsThemApart()
    {
        ExportPlan plan = OnnxExport.Explain(new Nested(), rand(2, 3));

        Assert.False(plan.CanExport);
        Assert.Equal(["THSTensor_i0", "THSTensor_mvlgamma"], plan.Obstacles.Select(step => step.Entry));
        Assert.True(OnnxExport.Explain(new Fn(x => x.exp()), rand(2, 3)).CanExport);
    }

    [Fact]
    public void Trace_StridesOfATransposedTensor_AreRefused() => Assert.Equal(
        "module 'Fn' cannot be exported, 1 obstacle:\n"
        + "  (root): THSTensor_as_strided: its strides count elements of memory, but its tensor is a view that is not contiguous from the "
        + "start of its memory; call contiguous() on it first, or use transpose, narrow and expand",
        Refused(x => x.transpose(1, 2).as_strided([x.shape[0], 3], [6, 1]), 2, 3));

    [Fact]
    public void Trace_StridesOfAPart_AreRefused() => Assert.Contains("not contiguous from the start of its memory",
        Refused(x => x.narrow(0, 1, 1).as_strided([3], [1]), 6), StringComparison.Ordinal);

    [Fact]
    public void Trace_StridesBeyondTheTensor_AreRefused() => Assert.Contains("its strides reach beyond the elements of its tensor",
        Refused(x => x.narrow(0, 0, 1).as_strided([3], [3]), 6), StringComparison.Ordinal);

    [Fact]
    public void Trace_ElementRead_IsRefused() => Assert.Equal(
        "module 'Fn' cannot be exported, 1 obstacle:\n"
        + "  (root): THSTensor_data: reads elements of a tensor that depends on the input, so the "
        + "values of one example would be baked in; express the decision with tensors, such as torch.where",
        Refused(x => x.max().item<float>() > 100 ? x : x.neg(), 3));

    [Theory]
    [InlineData("THSTensor_item")]
    [InlineData("THSTensor_equal")]
    [InlineData("THSTensor_allclose")]
    public void Trace_OtherReads_AreRefused(string entry)
    {
        string message = Refused(x => entry switch
        {
            "THSTensor_item" => x.max().ToScalar().Type == ScalarType.Float64 ? x : x.neg(),
            "THSTensor_equal" => x.Equals(x.neg()) ? x : x.neg(),
            _ => x.allclose(x.neg()) ? x : x.neg(),
        }, 3);

        Assert.Contains($"(root): {entry}: reads elements of a tensor", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_TrainingMode_IsRefused()
    {
        using var net = nn.Sequential(("a", nn.Linear(3, 3)), ("b", nn.Dropout()));
        net.eval();
        net.named_children().Single(pair => pair.name == "b").module.train();

        Assert.Equal(
            "module 'Sequential' must be in evaluation mode, found in training mode: b; call eval() on it first.",
            Assert.Throws<ExportException>(() => OnnxExport.Trace(net, rand(2, 3))).Message);
    }

    [Fact]
    public void Trace_WayThatDependsOnBatch_IsRefused() => Assert.Equal(
        "the module takes another way at N=5 than at N=2: operator 0 is THSTensor_neg instead of THSTensor_exp. Control flow cannot depend "
        + "on the size of a named axis.",
        Refused(x => x.shape[0] == 2 ? x.exp() : x.neg(), 3));

    [Fact]
    public void Trace_LookupByBatchSize_IsRefused() => Assert.Equal(
        """
        module 'Fn' cannot be exported, 1 obstacle:
          (root): THSTensor_mul_scalar: argument 1 would be baked into the model: it is 0.5 at N=2 and 1.25 at N=5
        """,
        Refused(x => x * sizes[(int)x.shape[0]], 3));

    // No function of the index.
    static readonly double[] sizes = [.75, .125, .5, .375, .625, 1.25, .25, .875, 1.5];

    [Fact]
    public void Trace_AntialiasToOneColumn_IsRefused() => Assert.Contains(
        "to a width of 1, as in [N,1,5,1], PyTorch 2.10 repeats the first row; resize without antialias",
        Refused(x => nn.functional.interpolate(x, [5, 1], mode: InterpolationMode.Bicubic, antialias: true), 1, 9, 8),
        StringComparison.Ordinal);

    [Fact]
    public void Trace_RandomNumbers_AreRefused() =>
        Assert.Contains("THSTensor_add: argument 1 would be baked into the model: it is a constant [3] of digest ",
        Refused(x => x + rand(3), 3), StringComparison.Ordinal);

    // Of no module: a field of the test class.
    static Tensor? outside;

    [Fact]
    public void Trace_TensorFromOutside_IsRefused()
    {
        outside = rand(3);

        Assert.Contains(
            "argument 1 cannot be followed: it was made before the trace and is neither an input nor held by the module; "
            + "keep it in a field, or register it with register_buffer",
            Refused(x => x + outside, 3), StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_OutputWithoutInput_IsRefused() => Assert.Equal(
        "module 'Fn' cannot be exported, 1 obstacle:\n  (root): output 'output': does not depend on any input, or was made outside of the "
        + "trace",
        Refused(_ => ones(2), 3));

    [Fact]
    public void Trace_ExampleOfOtherShape_IsRefused() => Assert.Equal(
        "input 'image' is declared [N,1,28,28], but its example is [2,784]; the example needs that shape and at least one row.",
        Assert.Throws<ExportException>(() =>
            OnnxExport.Trace(new Fn(x => x), rand(2, 784), new() { Inputs = [new("image", Axis.Named("N"), 1, 28, 28)] })).Message);

    [Fact]
    public void Trace_WrongConverter_IsRefused()
    {
        OnnxExport.Register("THSTensor_polygamma", (graph, call) => graph.ArgMax(call.Tensor(0), 1));

        Assert.Contains("(root): THSTensor_polygamma: its converter gives Int64 [N], TorchSharp gives Float32 [N,3]",
            Refused(x => x.polygamma(1), 3), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_ModelThatMisses_ThrowsAndLeavesNoFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.onnx");
        OnnxExport.Register("THSSpecial_bessel_j0", (graph, call) => graph.Apply("Erf", [call.Tensor(0)]));

        string message = Assert.Throws<ParityException>(() => OnnxExport.Trace(new Fn(x => special.bessel_j0(x)), zeros(1, 2))
            .Save(path)).Message;

        Assert.StartsWith(
            "the exported model does not agree with module 'Fn':\n  float64 evaluator, N=1: output 'output' differs by 1 (element 0: 0, "
            + "expected 1); allowed are 0 + 1e-05 of the value + 0.0001 of the largest", message, StringComparison.Ordinal);
        Assert.Contains("it first differs from the module after THSSpecial_bessel_j0 (tensor 'output'), by 1 of the largest", message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}
