using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Reductions over all elements or along axes.</summary>
static class ReductionConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_sum", (graph, call) => graph.Reduce("ReduceSum", graph.Promoted(call, 0), AllAxes(call))),
        new("THSTensor_mean", (graph, call) => graph.Reduce("ReduceMean", graph.Promoted(call, 0), AllAxes(call))),
        new("THSTensor_sum_along_dimensions", (graph, call) =>
            graph.Reduce("ReduceSum", graph.Promoted(call, 0), Axes(call), call.Flag(3))),
        new("THSTensor_mean_along_dimensions", (graph, call) =>
            graph.Reduce("ReduceMean", graph.Promoted(call, 0), Axes(call), call.Flag(3))),
        new("THSTensor_amax", (graph, call) => NanGuard.Reduce(graph, call, "ReduceMax", call.Tensor(0), Axes(call), call.Flag(3))),
        new("THSTensor_amin", (graph, call) => NanGuard.Reduce(graph, call, "ReduceMin", call.Tensor(0), Axes(call), call.Flag(3))),
        new("THSTensor_max", (graph, call) => NanGuard.Reduce(graph, call, "ReduceMax", call.Tensor(0), AllAxes(call))),
        new("THSTensor_min", (graph, call) => NanGuard.Reduce(graph, call, "ReduceMin", call.Tensor(0), AllAxes(call))),
        // (input, allocator, dim, keep): values and indices
        new("THSTensor_max_along_dimension", (graph, call) =>
        [
            NanGuard.Reduce(graph, call, "ReduceMax", call.Tensor(0), [call.Integer(2)], call.Flag(3)),
            NanGuard.Place(graph, call, call.Tensor(0), (int)call.Integer(2), call.Flag(3), largest: true),
        ]),
        new("THSTensor_min_along_dimension", (graph, call) =>
        [
            NanGuard.Reduce(graph, call, "ReduceMin", call.Tensor(0), [call.Integer(2)], call.Flag(3)),
            NanGuard.Place(graph, call, call.Tensor(0), (int)call.Integer(2), call.Flag(3), largest: false),
        ]),
        new("THSTensor_logsumexp", (graph, call) => graph.Reduce("ReduceLogSumExp", call.Tensor(0), [call.Integer(1)], call.Flag(2))),
        new("THSTensor_prod", (graph, call) => graph.Reduce("ReduceProd", graph.Promoted(call, 0), AllAxes(call))),
        new("THSTensor_prod_along_dimensions", (graph, call) =>
            graph.Reduce("ReduceProd", graph.Promoted(call, 0), [call.Integer(1)], call.Flag(2))),
        new("THSTensor_any", (graph, call) => Count(graph, call.Tensor(0), "ReduceMax", AllAxes(call), keep: false)),
        new("THSTensor_all", (graph, call) => Count(graph, call.Tensor(0), "ReduceMin", AllAxes(call), keep: false)),
        new("THSTensor_any_along_dimension", (graph, call) => Count(graph, call.Tensor(0), "ReduceMax", [call.Integer(1)], call.Flag(2))),
        new("THSTensor_all_along_dimension", (graph, call) => Count(graph, call.Tensor(0), "ReduceMin", [call.Integer(1)], call.Flag(2))),
        new("THSTensor_count_nonzero", (graph, call) =>
            graph.Reduce("ReduceSum", graph.Cast(graph.Cast(call.Tensor(0), ElementType.Bool), ElementType.Int64), Axes(call))),
        new("THSTensor_nansum", (graph, call) =>
            graph.Reduce("ReduceSum", graph.Where(graph.Unary("IsNaN", call.Tensor(0)), graph.Scalar(0, call.Tensor(0)), call.Tensor(0)),
            AllAxes(call))),
        // (input, dim, keep, out max)
        new("THSTensor_aminmax", (graph, call) => [.. ((string[])["ReduceMin", "ReduceMax"]).Select(op => NanGuard.Reduce(
            graph, call, op, call.Tensor(0), call.Integer(1) == -1 ? AllAxes(call) : [call.Integer(1)], call.Flag(2)))]),
        new("THSTensor_argmax", (graph, call) =>
            NanGuard.Place(graph, call, graph.Reshape(call.Tensor(0), -1), 0, keep: false, largest: true)),
        new("THSTensor_argmin", (graph, call) =>
            NanGuard.Place(graph, call, graph.Reshape(call.Tensor(0), -1), 0, keep: false, largest: false)),
        new("THSTensor_argmax_along_dimension", (graph, call) =>
            NanGuard.Place(graph, call, call.Tensor(0), (int)call.Integer(1), call.Flag(2), largest: true)),
        new("THSTensor_argmin_along_dimension", (graph, call) =>
            NanGuard.Place(graph, call, call.Tensor(0), (int)call.Integer(1), call.Flag(2), largest: false)),
    ];

    static long[] AllAxes(NativeCall call) => [.. Enumerable.Range(0, call.Shape(0).Count).Select(axis => (long)axis)];

    // No axes mean all of them, as in PyTorch.
    static long[] Axes(NativeCall call, int argument = 1) => call.Integers(argument) is { Length: > 0 } axes ? axes : AllAxes(call);

    /// <summary>The p-norm along axes: (sum of |x|^p)^(1/p).</summary>
    public static Value Norm(GraphBuilder graph, NativeCall call, Value x, double p, long[] axes, bool keep)
    {
        switch (p)
        {
            case 1:
                return graph.Reduce("ReduceL1", x, axes, keep);
            case 2:
                return graph.Reduce("ReduceL2", x, axes, keep);
            case double.PositiveInfinity:
                return NanGuard.Reduce(graph, call, "ReduceMax", graph.Unary("Abs", x), axes, keep);
            case double.NegativeInfinity:
                return NanGuard.Reduce(graph, call, "ReduceMin", graph.Unary("Abs", x), axes, keep);
            case 0:
                return graph.Reduce("ReduceSum", graph.Cast(graph.Cast(x, ElementType.Bool), x.Type.Element), axes, keep);
            default:
                Value sum = graph.Reduce("ReduceSum", graph.Apply("Pow", [graph.Unary("Abs", x), graph.Scalar(p, x)]), axes, keep);
                return graph.Apply("Pow", [sum, graph.Scalar(1 / p, sum)]);
        }
    }

    static Value Count(GraphBuilder graph, Value x, string op, long[] axes, bool keep) =>
        graph.Cast(graph.Reduce(op, graph.Cast(graph.Cast(x, ElementType.Bool), ElementType.Int32), axes, keep), ElementType.Bool);
}
