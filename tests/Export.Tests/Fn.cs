using TorchSharp;

namespace Toolchain.Export.Tests;

/// <summary>A module whose forward is a function: the shortest way to a traced operator.</summary>
sealed class Fn : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    readonly Func<torch.Tensor, torch.Tensor> function;

    public Fn(Func<torch.Tensor, torch.Tensor> function) : base("Fn")
    {
        this.function = function;
        RegisterComponents();
        eval();
    }

    public override torch.Tensor forward(torch.Tensor input) => function(input);
}
