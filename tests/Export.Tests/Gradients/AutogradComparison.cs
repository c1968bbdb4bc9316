using System.Runtime.InteropServices;
using Toolchain.Export.Recording;
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
    public static AutogradComparison? Of(nn.Module module, Tensor example, int opset, bool keepNaN = true) => Of(module, [example],
        OnnxExport.Trace(module, example, new OnnxExportOptions { Opset = opset, KeepNaN = keepNaN }).Model);

    /// <summary>The same of a graph made before.</summary>
    public static AutogradComparison? Of(nn.Module module, IReadOnlyList<Tensor> examples, OnnxModel forward)
    {
        Tensor[] inputs = [.. examples.Select(example => example.detach().clone())
            .Select(input => input.is_floating_point() ? input.requires_grad_() : input)];
        (Tensor[] weights, bool has) = Backward(module, inputs);
        if (!has)
        {
            return null;
        }
        HashSet<string> held = [.. forward.Inputs.Select(value => value.Name), .. forward.Initializers.Select(pair => pair.Key)];
        return new AutogradComparison
        {
            Model = WithLoss(forward, weights),
            Inputs = forward.Inputs.Zip(inputs).ToDictionary(pair => pair.First.Name, pair => NativeTensor.Read(pair.Second)),
            Expected = module.named_parameters().Select(pair => (pair.name, tensor: (Tensor)pair.parameter))
                .Concat(forward.Inputs.Zip(inputs, (value, input) => (value.Name, input)))
                .Where(pair => pair.Item2.requires_grad && held.Contains(pair.Item1))
                .ToDictionary(pair => pair.Item1, pair => pair.Item2.grad ?? zeros_like(pair.Item2)),
        };
    }

    // What TorchSharp cannot differentiate itself.
    static readonly string[] gaps =
    [
        "derivative for", "not differentiable with respect", // functions without a derivative there
        "returned an invalid gradient", // a scatter of fewer elements than there are
        "modified by an inplace operation", "is a view and is being modified", "bool tensor is not supported",
    ];

    static (Tensor[] Weights, bool Has) Backward(nn.Module module, Tensor[] inputs)
    {
        try
        {
            Tensor[] results = [.. ModuleCall.Run(module, [.. inputs.Select(input => input.clone())])]; // it may write into them
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

    /// <summary>The model with the gradients by everything that TorchSharp has them by.</summary>
    public OnnxModel Gradients() => GradientGraph.Build(Model, "loss", [.. Expected.Keys]);

    /// <summary>The largest difference from TorchSharp's by name, relative to the largest element of the gradient there.</summary>
    public Dictionary<string, double> Differences(
        Func<OnnxModel, IReadOnlyDictionary<string, TensorData>, IReadOnlyDictionary<string, TensorData>> run)
    {
        OnnxModel gradients = Gradients();
        IReadOnlyDictionary<string, TensorData> found = run(gradients, Inputs);
        return Expected.ToDictionary(pair => pair.Key, pair => Difference(pair.Value, found[GradientGraph.NameOf(pair.Key)]));
    }

    static double Difference(Tensor expected, TensorData found)
    {
        Assert.Equal(expected.shape, found.Sizes);
        double[] right = expected.to(float64).cpu().contiguous().data<double>().ToArray(), ours = found.ToDoubles();
        double largest = Math.Max(right.Select(Math.Abs).DefaultIfEmpty(0).Max(), 1e-3);
        return right.Zip(ours, (a, b) => double.IsNaN(a) && double.IsNaN(b) || a == b ? 0 : Math.Abs(a - b) / largest)
            .DefaultIfEmpty(0).Max();
    }

    // The weights are numbers of one digit that differ from element to element.
    static (Tensor[] Weights, Tensor? Loss) Loss(Tensor[] results)
    {
        Tensor[] weights = [.. results.Select(result => result.is_floating_point()
            ? (arange(result.numel()).to(result.dtype).mul(0.7).sin() + 0.3).reshape(result.shape) : zeros(0))];
        Tensor? loss = results.Zip(weights).Where(pair => pair.First.is_floating_point())
            .Select(pair => (pair.First * pair.Second).sum().to(float32))
            .Aggregate((Tensor?)null, (sum, term) => sum is null ? term : sum + term);
        return (weights, loss);
    }

    static OnnxModel WithLoss(OnnxModel forward, Tensor[] weights)
    {
        var graph = new GraphBuilder("loss", forward.Opset);
        Value[] inputs = [.. forward.Inputs.Select(input => graph.Input(input.Name, input.Type.Element, input.Shape))];
        Value[] outputs = [.. graph.Inline(forward, inputs).Values];
        Value? loss = null;
        foreach ((Value output, Tensor weight) in outputs.Zip(weights).Where(pair => pair.First.Type.Element.IsFloat()))
        {
            Value product = graph.Mul(output, graph.Constant(Data(weight, output.Type.Element)));
            long[] axes = [.. Enumerable.Range(0, product.Shape.Count).Select(axis => (long)axis)];
            Value sum = graph.Cast(graph.Reduce("ReduceSum", product, axes), ElementType.Float32);
            loss = loss is null ? sum : graph.Add(loss, sum);
        }
        graph.Output("loss", loss!);
        return graph.Build();
    }

    static TensorData Data(Tensor tensor, ElementType type) =>
        TensorData.FromDoubles(tensor.to(float64).data<double>().ToArray(), tensor.shape, type);
}
