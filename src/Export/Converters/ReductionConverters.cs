using Toolchain.Export.Conversion;

namespace Toolchain.Export.Converters;

/// <summary>Reductions over all elements or along axes.</summary>
static class ReductionConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_sum", (graph, call) => graph.Reduce("ReduceSum", graph.Promoted(call, 0), AllAxes(call))),
        new("THSTensor_mean", (graph, call) => graph.Reduce("ReduceMean", graph.Promoted(call, 0), AllAxes(call))),
        new("THSTensor_sum_along_dimensions", (graph, call) => graph.Reduce("ReduceSum", graph.Promoted(call, 0), Axes(call), call.Flag(3))),
        new("THSTensor_mean_along_dimensions", (graph, call) => graph.Reduce("ReduceMean", graph.Promoted(call, 0), Axes(call), call.Flag(3))),
        new("THSTensor_amax", (graph, call) => graph.Reduce("ReduceMax", call.Tensor(0), Axes(call), call.Flag(3))),
        new("THSTensor_amin", (graph, call) => graph.Reduce("ReduceMin", call.Tensor(0), Axes(call), call.Flag(3))),
        new("THSTensor_max", (graph, call) => graph.Reduce("ReduceMax", call.Tensor(0), AllAxes(call))),
        new("THSTensor_min", (graph, call) => graph.Reduce("ReduceMin", call.Tensor(0), AllAxes(call))),
        // (input, allocator, dim, keep): values and indices
        new("THSTensor_max_along_dimension", (graph, call) => [graph.Reduce("ReduceMax", call.Tensor(0), [call.Integer(2)], call.Flag(3)), graph.ArgMax(call.Tensor(0), (int)call.Integer(2), call.Flag(3))]),
        new("THSTensor_min_along_dimension", (graph, call) => [graph.Reduce("ReduceMin", call.Tensor(0), [call.Integer(2)], call.Flag(3)), graph.ArgMin(call.Tensor(0), (int)call.Integer(2), call.Flag(3))]),
        new("THSTensor_logsumexp", (graph, call) => graph.Reduce("ReduceLogSumExp", call.Tensor(0), [call.Integer(1)], call.Flag(2))),
        new("THSTensor_norm", (graph, call) => graph.Reduce(Norm(call, call.Number(1)), call.Tensor(0), AllAxes(call))),
        new("THSTensor_norm_along_dimension", (graph, call) => graph.Reduce(Norm(call, call.Number(3)), call.Tensor(0), [call.Integer(1)], call.Flag(2))),
        new("THSTensor_argmax", (graph, call) => graph.ArgMax(graph.Reshape(call.Tensor(0), -1), 0)),
        new("THSTensor_argmin", (graph, call) => graph.ArgMin(graph.Reshape(call.Tensor(0), -1), 0)),
        new("THSTensor_argmax_along_dimension", (graph, call) => graph.ArgMax(call.Tensor(0), (int)call.Integer(1), call.Flag(2))),
        new("THSTensor_argmin_along_dimension", (graph, call) => graph.ArgMin(call.Tensor(0), (int)call.Integer(1), call.Flag(2))),
    ];

    static long[] AllAxes(NativeCall call) => [.. Enumerable.Range(0, call.Shape(0).Count).Select(axis => (long)axis)];

    // No axes mean all of them, as in PyTorch.
    static long[] Axes(NativeCall call) => call.Integers(1) is { Length: > 0 } axes ? axes : AllAxes(call);

    static string Norm(NativeCall call, double p) => p switch
    {
        1 => "ReduceL1",
        2 => "ReduceL2",
        _ => throw call.Refuse($"'p' must be 1 or 2, found {p}"),
    };
}
