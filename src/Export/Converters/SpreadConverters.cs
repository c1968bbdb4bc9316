using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Variance and standard deviation, over all elements or along axes; unbiased ones divide by n - 1.</summary>
static class SpreadConverters
{
    public static IEnumerable<Converter> All =>
    [
        // TorchSharp 0.107.0 declares a flag here that its native side does not take: the result is always unbiased.
        new("THSTensor_var", (graph, call) => Variance(graph, call, [], unbiased: true, keep: false)),
        // (input, unbiased)
        new("THSTensor_std", (graph, call) => graph.Unary("Sqrt", Variance(graph, call, [], call.Flag(1), keep: false))),
        // (input, unbiased, out mean), (input, dimensions*, length, unbiased, keep, out mean)
        new("THSTensor_var_mean", (graph, call) =>
            [Variance(graph, call, [], call.Flag(1), keep: false), Mean(graph, call, [], keep: false)]),
        new("THSTensor_std_mean", (graph, call) =>
            [graph.Unary("Sqrt", Variance(graph, call, [], call.Flag(1), keep: false)), Mean(graph, call, [], keep: false)]),
        new("THSTensor_var_mean_along_dimensions", (graph, call) =>
            [Variance(graph, call, call.Integers(1), call.Flag(3), call.Flag(4)), Mean(graph, call, call.Integers(1), call.Flag(4))]),
        new("THSTensor_std_mean_along_dimensions", (graph, call) =>
            [graph.Unary("Sqrt", Variance(graph, call, call.Integers(1), call.Flag(3), call.Flag(4))),
            Mean(graph, call, call.Integers(1), call.Flag(4))]),
        // (input, dimensions*, length, unbiased, keep)
        new("THSTensor_var_along_dimensions", (graph, call) => Variance(graph, call, call.Integers(1), call.Flag(3), call.Flag(4))),
        new("THSTensor_std_along_dimensions", (graph, call) =>
            graph.Unary("Sqrt", Variance(graph, call, call.Integers(1), call.Flag(3), call.Flag(4)))),
    ];

    static Value Mean(GraphBuilder graph, NativeCall call, long[] axes, bool keep) =>
        graph.Reduce("ReduceMean", call.Tensor(0), OrAll(call, axes), keep);

    static long[] OrAll(NativeCall call, long[] axes) =>
        axes.Length > 0 ? axes : [.. Enumerable.Range(0, call.Shape(0).Count).Select(axis => (long)axis)];

    // sum((x - mean)^2) / n, or n - 1: the number of elements must be known for the latter.
    static Value Variance(GraphBuilder graph, NativeCall call, long[] axes, bool unbiased, bool keep)
    {
        Shape shape = call.Shape(0);
        long[] reduced = OrAll(call, axes);
        Value centred = graph.Sub(call.Tensor(0), graph.Reduce("ReduceMean", call.Tensor(0), reduced, keep: true));
        Value mean = graph.Reduce("ReduceMean", graph.Mul(centred, centred), reduced, keep);
        if (!unbiased)
        {
            return mean;
        }
        if (reduced.All(axis => shape[shape.Axis(axis)].Size is not null))
        {
            double count = reduced.Aggregate(1.0, (product, axis) => product * shape[shape.Axis(axis)].Size!.Value);
            return graph.Scale(mean, count / (count - 1));
        }
        // Of a free size: n / (n - 1), in the graph.
        Value sizes = call.Vector([.. reduced.Select(axis => call.Sizes(0)[shape.Axis(axis)])]);
        Value number = graph.Cast(graph.Reduce("ReduceProd", sizes, [0]), mean.Type.Element);
        return graph.Mul(mean, graph.Div(number, graph.Shift(number, -1)));
    }
}
