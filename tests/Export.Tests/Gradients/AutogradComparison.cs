using System.Runtime.InteropServices;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Gradients;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Gradients;

/// <summary>
/// Gradients of an exported module's graph beside TorchSharp's autograd: of the sum of all floating-point outputs, each element with a
/// weight of its own, by the example and by every parameter that the graph holds under its name.
/// </summary>
sealed class AutogradComparison
{
    public required OnnxModel Model { get; init; }

    public required Dictionary<string, TensorData> Inputs { get; init; }

    /// <summary>TorchSharp's gradients by the graph's names.</summary>
    public required Dictionary<string, Tensor> Expected { get; init; }

    /// <summary>Null where TorchSharp has no gradient: of integers alone, of NaN, or of what it cannot differentiate.</summary>
    public static AutogradComparison? Of(nn.Module module, Tensor example, int opset, bool keepNaN = true)
    {
        var options = new OnnxExportOptions { Opset = opset, KeepNaN = keepNaN };
        OnnxModel forward = OnnxExport.Trace(module, example, options).Model;
        Tensor input = example.detach().clone();
        input = input.is_floating_point() ? input.requires_grad_() : input;
        (Tensor[] weights, bool has) = Backward(module, input);
        if (!has)
        {
            return null;
        }
        var expected = module.named_parameters().Select(pair => (pair.name, tensor: (Tensor)pair.parameter)).Append((forward.Inputs[0].Name, input))
            .Where(pair => pair.Item2.requires_grad).ToDictionary(pair => pair.Item1, pair => pair.Item2.grad ?? zeros_like(pair.Item2));
        HashSet<string> held = [.. forward.Inputs.Select(value => value.Name), .. forward.Initializers.Select(pair => pair.Key)];
        return new AutogradComparison
        {
            Model = WithLoss(forward, weights),
            Inputs = new() { [forward.Inputs[0].Name] = Data(input) },
            Expected = expected.Where(pair => held.Contains(pair.Key)).ToDictionary(),
        };
    }

    // What TorchSharp cannot differentiate itself.
    static readonly string[] gaps =
    [
        "derivative for", "not differentiable with respect", // functions without a derivative there
        "returned an invalid gradient", // a scatter of fewer elements than there are
        "modified by an inplace operation", "is a view and is being modified",
    ];

    static (Tensor[] Weights, bool Has) Backward(nn.Module module, Tensor input)
    {
        try
        {
            Tensor[] results = Results(module, input.clone()); // a module may write into what it gets
            (Tensor[] weights, Tensor? loss) = Loss(results);
            bool has = loss is { requires_grad: true } && !double.IsNaN(loss.to(float64).item<double>());
            (has ? loss : null)?.backward();
            return (weights, has);
        }
        catch (ExternalException error) when (gaps.Any(gap => error.Message.Contains(gap, StringComparison.Ordinal)))
        {
            return ([], false);
        }
    }

    /// <summary>The largest difference from TorchSharp's by name, relative to the largest element of the gradient there.</summary>
    public Dictionary<string, double> Differences(Func<OnnxModel, IReadOnlyDictionary<string, TensorData>, IReadOnlyDictionary<string, TensorData>> run)
    {
        OnnxModel gradients = GradientGraph.Build(Model, "loss", [.. Expected.Keys]);
        IReadOnlyDictionary<string, TensorData> found = run(gradients, Inputs);
        return Expected.ToDictionary(pair => pair.Key, pair => Difference(pair.Value, found[GradientGraph.NameOf(pair.Key)]));
    }

    static double Difference(Tensor expected, TensorData found)
    {
        Assert.Equal(expected.shape, found.Sizes);
        double[] right = expected.to(float64).cpu().contiguous().data<double>().ToArray(), ours = found.ToDoubles();
        double largest = Math.Max(right.Select(Math.Abs).DefaultIfEmpty(0).Max(), 1e-3);
        return right.Zip(ours, (a, b) => double.IsNaN(a) && double.IsNaN(b) || a == b ? 0 : Math.Abs(a - b) / largest).DefaultIfEmpty(0).Max();
    }

    static Tensor[] Results(nn.Module module, Tensor input) => module switch
    {
        nn.Module<Tensor, Tensor> one => [one.call(input)],
        nn.Module<Tensor, (Tensor, Tensor)> two when two.call(input) is var (a, b) => [a, b],
        nn.Module<Tensor, (Tensor, Tensor, Tensor)> three when three.call(input) is var (a, b, c) => [a, b, c],
        nn.Module<Tensor, Tensor[]> many => many.call(input),
        _ => throw new NotSupportedException(module.GetType().ToString()),
    };

    // The weights are numbers of one digit that differ from element to element.
    static (Tensor[] Weights, Tensor? Loss) Loss(Tensor[] results)
    {
        Tensor[] weights = [.. results.Select(result => result.is_floating_point()
            ? (arange(result.numel()).to(result.dtype).mul(0.7).sin() + 0.3).reshape(result.shape) : zeros(0))];
        Tensor? loss = results.Zip(weights).Where(pair => pair.First.is_floating_point()).Select(pair => (pair.First * pair.Second).sum().to(float32))
            .Aggregate((Tensor?)null, (sum, term) => sum is null ? term : sum + term);
        return (weights, loss);
    }

    static OnnxModel WithLoss(OnnxModel forward, Tensor[] weights)
    {
        var graph = new GraphBuilder("loss", forward.Opset);
        Value input = graph.Input(forward.Inputs[0].Name, forward.Inputs[0].Type.Element, forward.Inputs[0].Shape);
        Value[] outputs = [.. graph.Inline(forward, input).Values];
        Value? loss = null;
        foreach ((Value output, Tensor weight) in outputs.Zip(weights).Where(pair => pair.First.Type.Element.IsFloat()))
        {
            Value product = graph.Mul(output, graph.Constant(Data(weight)));
            Value sum = graph.Cast(graph.Reduce("ReduceSum", product, [.. Enumerable.Range(0, product.Shape.Count).Select(axis => (long)axis)]),
                ElementType.Float32);
            loss = loss is null ? sum : graph.Add(loss, sum);
        }
        graph.Output("loss", loss!);
        return graph.Build();
    }

    static TensorData Data(Tensor tensor)
    {
        double[] values = tensor.detach().to(float64).contiguous().data<double>().ToArray();
        return TensorData.FromDoubles(values, tensor.shape, tensor.dtype switch
        {
            ScalarType.Float64 => ElementType.Float64,
            ScalarType.Float16 => ElementType.Float16,
            ScalarType.BFloat16 => ElementType.BFloat16,
            ScalarType.Int64 => ElementType.Int64,
            _ => ElementType.Float32,
        });
    }
}
