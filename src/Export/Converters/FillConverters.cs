using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Tensors of one value in the shape of another tensor, and one-hot vectors.</summary>
static class FillConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_zeros_like", (graph, call) => FilledLike(graph, call, 0)),
        new("THSTensor_ones_like", (graph, call) => FilledLike(graph, call, 1)),
        new("THSTensor_full_like", (graph, call) => call.IsFixed(1) ? FilledLike(graph, call, call.Scalar(1))
            : graph.Apply("Expand", [graph.Number(call, 1), graph.Apply("Shape", [call.Tensor(0)])])),
        // (size*, length, ...), (size*, length, value, ...): their sizes may follow a named axis
        new("THSTensor_zeros", (graph, call) => Filled(graph, call, 0)),
        // What is not written yet may hold anything, so 0 too.
        new("THSTensor_empty", (graph, call) => Filled(graph, call, 0)),
        new("THSTensor_empty_like", (graph, call) => FilledLike(graph, call, 0)),
        new("THSTensor_ones", (graph, call) => Filled(graph, call, 1)),
        new("THSTensor_full", (graph, call) => call.IsFixed(2) ? Filled(graph, call, call.Scalar(2))
            : graph.Apply("Expand", [graph.Number(call, 2), call.Vector(call.ResultSizes())])),
        new("THSTensor_eye", (graph, call) =>
            graph.Cast(graph.Apply("Equal", [graph.Unsqueeze(graph.Numbers(call, call.ResultSizes()[0]), 1),
            graph.Numbers(call, call.ResultSizes()[1])]), call.ResultType())),
        new("THSTensor_arange", Range),
        new("THSTensor_linspace", Linspace),
        // (input, diagonal, in place)
        new("THSTensor_tril", (graph, call) => Triangle(graph, call, "LessOrEqual")),
        new("THSTensor_triu", (graph, call) => Triangle(graph, call, "GreaterOrEqual")),
        new("THSNN_one_hot", OneHot),
    ];

    static Value Filled(GraphBuilder graph, NativeCall call, double value) => graph.Apply(
        "ConstantOfShape", [call.Vector(call.ResultSizes())],
        new Attributes { ["value"] = TensorData.FromDoubles([value], [1], call.ResultType()) });

    // (start, stop, step, ...): start + step * (0, 1, ..)
    static Value Range(GraphBuilder graph, NativeCall call)
    {
        Value numbers = graph.Cast(graph.Numbers(call, call.ResultSizes()[0]), call.ResultType());
        Value steps = graph.ScaledBy(call, numbers, 2);
        return call.IsFixed(0) ? graph.Shift(steps, call.Scalar(0)) : graph.Add(steps, graph.Number(call, 0));
    }

    // (start, end, steps, ...): start + (end - start) / (steps - 1) * (0, 1, ..)
    static Value Linspace(GraphBuilder graph, NativeCall call)
    {
        Value numbers = graph.Cast(graph.Numbers(call, call.ResultSizes()[0]), call.ResultType());
        Value steps = graph.Cast(graph.Squeeze(call.Vector(call.Quantity(2)), 0), call.ResultType());
        Value width = call.IsFixed(0) && call.IsFixed(1)
            ? graph.Constant(TensorData.Scalar(call.Number(1) - call.Number(0), call.ResultType()))
            : graph.Sub(graph.Number(call, 1), graph.Number(call, 0));
        Value placed = graph.Mul(numbers, graph.Div(width, graph.Clip(graph.Shift(steps, -1), 1, null)));
        return call.IsFixed(0) ? graph.Shift(placed, call.Number(0)) : graph.Add(placed, graph.Number(call, 0));
    }

    // Keeps the elements whose column - row compares so with the diagonal's number.
    static Value Triangle(GraphBuilder graph, NativeCall call, string comparison)
    {
        Value rows = graph.Unsqueeze(graph.Numbers(call, call.Sizes(0)[^2]), 1), columns = graph.Numbers(call, call.Sizes(0)[^1]);
        Value kept = graph.Apply(comparison, [columns, graph.Add(rows, graph.Integer(call, 1))]);
        Value x = call.Tensor(0);
        return x.Type.Element == ElementType.Bool ? graph.Apply("And", [kept, x]) : graph.Where(kept, x, graph.Scalar(0, x));
    }

    static Value FilledLike(GraphBuilder graph, NativeCall call, double value) => graph.Apply(
        "ConstantOfShape", [graph.Apply("Shape", [call.Tensor(0)])],
        new Attributes { ["value"] = TensorData.FromDoubles([value], [1], call.ResultType()) });

    // indices [..] to [..,K]: index = 0, 1, .., K-1
    static Value OneHot(GraphBuilder graph, NativeCall call)
    {
        long count = call.Integer(1) > 0 ? call.Integer(1)
            : throw call.Refuse("'num_classes' must be given, or the result's size depends on values");
        Value numbers = graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)count).Select(number => (long)number)]));
        return graph.Cast(graph.Apply("Equal", [graph.Unsqueeze(call.Tensor(0), -1), numbers]), ElementType.Int64);
    }
}
