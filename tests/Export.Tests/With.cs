using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>A module that has another one and says how to call it.</summary>
sealed class With<TInner> : nn.Module<Tensor, Tensor> where TInner : nn.Module
{
    readonly TInner inner;
    readonly Func<TInner, Tensor, Tensor> function;

    public With(TInner inner, Func<TInner, Tensor, Tensor> function) : base("With")
    {
        (this.inner, this.function) = (inner, function);
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor input) => function(inner, input);
}
