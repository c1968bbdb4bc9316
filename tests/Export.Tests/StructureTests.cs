using Toolchain.Export.Tracing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>
/// Modules of any structure: what they return, what they share, how they are nested, and memory that several tensors share.
/// </summary>
public sealed class StructureTests
{
    static readonly OnnxExportOptions proven = new() { Runtimes = [OrtRuntime.Create()] };

    sealed record Parts(Tensor First, Tensor Second);

    sealed class Returning<TResult>(Func<Tensor, TResult> function) : nn.Module<Tensor, TResult>("Returning")
    {
        public override TResult forward(Tensor x) => function(x);
    }

    static string[] Outputs<TResult>(Func<Tensor, TResult> function)
    {
        using var module = new Returning<TResult>(function);
        module.eval();
        TracedModel traced = OnnxExport.Trace(module, rand(2, 4), proven);
        _ = traced.Prove();
        return [.. traced.Model.Outputs.Select(output => $"{output.Name} {output.Type}")];
    }

    [Fact]
    public void Tuples_Lists_AndRecords_AreOutputsInOrder()
    {
        Assert.Equal(["output Float32 [N,4]", "output_1 Int64 [N]"], Outputs(x => (x.exp(), x.argmax(1))));
        Assert.Equal(["output Float32 [N,2]", "output_1 Float32 [N,2]"], Outputs(x => x.exp().chunk(2, 1).ToList()));
        Assert.Equal(["output Float32 [N,4]", "output_1 Float32 []"], Outputs(x => new Parts(x.exp(), x.sum())));
        Assert.Equal(["output Float32 [N,4]", "output_1 Float32 [N,4]", "output_2 Float32 [N,4]"],
            Outputs(x => (x.exp(), new List<Tensor> { x.sin(), x.cos() })));
    }

    [Fact]
    public void OneTensor_ReturnedTwice_IsTwoOutputs() =>
        Assert.Equal(["output Float32 [N,4]", "output_1 Float32 [N,4]"], Outputs(x => { Tensor y = x.exp(); return (y, y); }));

    [Fact]
    public void AnInput_ReturnedAsItIs_IsAnOutput() =>
        Assert.Equal(["output Float32 [N,4]", "output_1 Float32 [N,4]"], Outputs(x => (x, x.exp())));

    sealed class Nested : nn.Module<Tensor, Tensor>
    {
        readonly ModuleDict<nn.Module<Tensor, Tensor>> kinds = new();
        readonly ModuleList<nn.Module<Tensor, Tensor>> layers = [];
        readonly Linear shared = nn.Linear(4, 4);

        public Nested() : base(nameof(Nested))
        {
            kinds.Add("soft", nn.Sequential(("inner", nn.Sequential(("fc", nn.Linear(4, 4)), ("act", nn.Softplus())))));
            layers.Add(shared);
            layers.Add(nn.Tanh());
            layers.Add(shared);
            RegisterComponents();
            eval();
        }

        public override Tensor forward(Tensor x)
        {
            Tensor y = kinds["soft"].call(x);
            foreach (nn.Module<Tensor, Tensor> layer in layers)
            {
                y = layer.call(y);
            }
            return y + shared.call(x);
        }
    }

    [Fact]
    public void NestedModules_KeepPathsAndShareWeights()
    {
        using var net = new Nested();

        TracedModel traced = OnnxExport.Trace(net, rand(2, 4), proven);

        Assert.Contains("kinds.soft.inner.fc/Gemm", traced.Model.Nodes.Select(node => node.Name));
        // the inner layer's and the shared one
        Assert.Equal(2, traced.Model.Initializers.Count(pair => pair.Value.Sizes.SequenceEqual([4L, 4L])));
        Assert.Equal(4, traced.Model.Nodes.Count(node => node.Op == "Gemm"));
        _ = traced.Prove();
    }

    static void Agrees(Func<Tensor, Tensor> function) => _ = OnnxExport.Trace(new Fn(function), rand(2, 3, 4), proven).Prove();

    [Fact]
    public void Writes_ReachEveryViewOfTheMemory()
    {
        Agrees(x => // through a view of a view, seen by a third
        {
            Tensor y = x.exp(), flat = y.view(y.shape[0], -1), first = y.select(1, 0);
            flat.narrow(1, 2, 4).view(-1, 2, 2).transpose(1, 2).mul_(10);
            return first + flat.sum([1], keepdim: true) + y.select(1, 1);
        });
        Agrees(x => // on the whole, seen by views made before
        {
            Tensor y = x.exp(), part = y[TensorIndex.Ellipsis, TensorIndex.Slice(1, 3)];
            y.add_(1).mul_(2);
            return part;
        });
        Agrees(x => // twice over the same part, once by assignment
        {
            Tensor y = x.clone();
            y[TensorIndex.Colon, 1] = y[TensorIndex.Colon, 0];
            y.select(1, 1).add_(1);
            return y;
        });
        Agrees(x => // an input of the module itself
        {
            Tensor y = x.unsqueeze(-1);
            x.neg_();
            return y.squeeze(-1);
        });
    }

    [Fact]
    public void Copies_AreNotWritten() => Agrees(x =>
    {
        Tensor y = x.exp(), copy = y.clone(), part = y.select(1, 0).clone();
        y.zero_();
        return copy + part.unsqueeze(1) + y;
    });

    [Fact]
    public void Writes_ThroughAnExpandedTensor_AreAsInTorch() => Agrees(x =>
    {
        Tensor y = zeros(x.shape[0], 3, 4), row = x.select(1, 0);
        y.copy_(row.unsqueeze(1).expand(-1, 3, -1));
        return y;
    });
}
