using System.Reflection;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>What comes from TorchSharp's native layer and has no mapping is refused by name, wherever it is called.</summary>
public sealed class NativeLayerTests
{
    static readonly FieldInfo recorder = typeof(nn).Assembly.GetType("TorchSharp.PInvoke.CallRecorder", throwOnError: true)!.GetField("Current")!;

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

    static string Refused(Func<Tensor, Tensor> function) => Assert.Throws<ExportException>(() => OnnxExport.Trace(new Outer(function), rand(2, 3))).Message;

    [Fact]
    public void FakeOperator_IsRefusedByNameAndPlace() => Assert.Equal(
        """
        module 'Outer' cannot be exported, 1 obstacle:
          inner.body: THSTensor_frobnicate: has no mapping; add one with OnnxExport.Register("THSTensor_frobnicate", (graph, call) => ...)
        """,
        Refused(Frobnicate));

    [Fact]
    public void DataDependentFlow_IsRefusedWithPlace() => Assert.Contains(
        "\n  inner.body: THSTensor_data: reads elements of a tensor that depends on the input, so the values of one example would be baked in",
        Refused(x => x.sum().item<float>() > 0 ? x : -x), StringComparison.Ordinal);

    [Fact]
    public void ResultsOfUnknownSize_AreRefusedByName()
    {
        const string Reason = "the size of its result depends on values, which an ONNX export of one example cannot follow; use torch.where, or a product with a mask";

        Assert.Contains($"inner.body: THSTensor_masked_select: {Reason}", Refused(x => x.masked_select(x.ge(0)).sum()), StringComparison.Ordinal);
        Assert.Contains($"inner.body: THSTensor_nonzero: {Reason}", Refused(x => x.ge(0).nonzero().sum()), StringComparison.Ordinal);
        Assert.Contains("inner.body: THSTensor_index: a mask as index gives a result whose size depends on values; use torch.where", Refused(x => x[TensorIndex.Tensor(x.ge(0))].sum()), StringComparison.Ordinal);
    }

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
        Assert.Contains("inner.body: THSTensor_add: result 1 of THSTensor_cummax has no ONNX form", Refused(x => x.cummax(1).indexes + x), StringComparison.Ordinal);

    [Fact]
    public void ChangeOfAParameter_IsRefused()
    {
        using var net = new With<TorchSharp.Modules.Linear>(nn.Linear(3, 3), (inner, x) => { inner.weight!.mul_(2); return inner.call(x); });

        Assert.Contains("the module changes 'inner.weight' of its state dict by THSTensor_mul_", Assert.Throws<ExportException>(() => OnnxExport.Trace(net, rand(2, 3))).Message, StringComparison.Ordinal);
    }
}
