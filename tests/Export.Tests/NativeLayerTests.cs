using Toolchain.Export.Tracing;
using Toolchain.Graph;
using System.Reflection;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>What comes from TorchSharp's native layer and has no mapping is refused by name, wherever it is called.</summary>
public sealed class NativeLayerTests
{
    static readonly FieldInfo recorder = typeof(nn).Assembly.GetType("TorchSharp.PInvoke.CallRecorder",
        throwOnError: true)!.GetField("Current")!;

    // As the twin of a native method THSTensor_frobnicate would hand over its call: an operator that nobody has heard of.
    static Tensor Frobnicate(Tensor x)
    {
        Tensor y = x.cosh();
        (recorder.GetValue(null) as Action<string, object?[], object?>)?.Invoke("THSTensor_frobnicate", [x.Handle, 3L], y.Handle);
        return y;
    }

    sealed class Outer : nn.Module<Tensor, Tensor>
    {
        readonly nn.Module<Tensor, Tensor> inner;

        public Outer(Func<Tensor, Tensor> function) : base(nameof(Outer))
        {
            inner = nn.Sequential(("body", new Fn(function)));
            RegisterComponents();
            eval();
        }

        public override Tensor forward(Tensor x) => inner.call(x.relu()) + 1;
    }

    static string Refused(Func<Tensor, Tensor> function) =>
        Assert.Throws<ExportException>(() => OnnxExport.Trace(new Outer(function), rand(2, 3))).Message;

    [Fact]
    public void FakeOperator_IsRefusedByNameAndPlace() => Assert.Equal(
        """
        module 'Outer' cannot be exported, 1 obstacle:
          inner.body: THSTensor_frobnicate: has no mapping; add one with OnnxExport.Register("THSTensor_frobnicate", (graph, call) => ...)
        """,
        Refused(Frobnicate));

    [Fact]
    public void DataDependentFlow_IsRefusedWithPlace() => Assert.Contains(
        "\n  inner.body: THSTensor_data: reads elements of a tensor that depends on the input, so the values of one example would be "
        + "baked in",
        Refused(x => x.sum().item<float>() > 0 ? x : -x), StringComparison.Ordinal);

    [Fact]
    public void ResultsOfUnknownSize_HaveAFreeAxis()
    {
        OnnxModel model = OnnxExport.Trace(new Outer(x => x.masked_select(x.ge(0.5))), rand(4, 3)).Model;

        Assert.Null(model.Outputs[0].Shape[0].Size);
    }

    // Whatever the values are: no recording tells such a length from a fixed size.
    [Fact]
    public void ResultOfUnknownSize_ThatNeverChanges_IsRefused() => Assert.Contains(
        "inner.body: THSTensor_masked_select: the size of its result depends on values, but was [0] for the example and for others like "
        + "it; "
        + "give an example whose values make it another one",
        Refused(x => x.masked_select(x.lt(-1)).sum()), StringComparison.Ordinal);

    [Theory]
    [InlineData("THSTensor_fractional_max_pool2d", "it draws its windows at random")]
    [InlineData("THSLinalg_svdvals", "decompositions of matrices are loops whose number of steps depends on values")]
    public void WhatHasNoGraph_IsRefusedWithTheReason(string entry, string reason) => Assert.Contains($"inner.body: {entry}: {reason}",
        Refused(x => entry == "THSLinalg_svdvals" ? linalg.svdvals(x) : nn.functional.fractional_max_pool2d(x.reshape(1, -1, 3), 2, 1)),
        StringComparison.Ordinal);

    [Fact]
    public void TrainingInside_IsRefused()
    {
        using var outer = new Outer(x => x);
        outer.named_modules().Single(pair => pair.name == "inner.body").module.train();

        Assert.Equal(
            "module 'Outer' must be in evaluation mode, found in training mode: inner.body; call eval() on it first.",
            Assert.Throws<ExportException>(() => OnnxExport.Trace(outer, rand(2, 3))).Message);
    }

    // Of no module: a field of the test class.
    static TorchSharp.Modules.GRUCell? outside;

    [Fact]
    public void OpaqueModule_OutsideOfTheTracedOne_IsRefused()
    {
        outside = nn.GRUCell(3, 2);

        Assert.Contains(
            "inner.body: THSNN_GRUCell_forward: the module that makes this call is not held by the traced module; keep it in a field",
            Refused(x => outside.call(x, null!)), StringComparison.Ordinal);
    }

    [Fact]
    public void ResultWithoutForm_IsRefusedWhereItIsUsed() =>
        Assert.Contains("inner.body: THSTensor_add: result 1 of THSTensor_mode has no ONNX form", Refused(x => x.mode(1, true).indices + x),
            StringComparison.Ordinal);

    [Fact]
    public void ChangeOfAParameter_IsRefused()
    {
        using var net = new With<TorchSharp.Modules.Linear>(nn.Linear(3, 3), (inner, x) =>
            { inner.weight!.mul_(2); return inner.call(x); });

        Assert.Contains("the module changes 'inner.weight' of its state dict by THSTensor_mul_",
            Assert.Throws<ExportException>(() => OnnxExport.Trace(net, rand(2, 3))).Message, StringComparison.Ordinal);
    }
}
