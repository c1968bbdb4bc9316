using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Elements put on diagonals, and places given by strides or triangles.</summary>
static class PlacementConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (input, sizes*, length, strides*, length, offset, whether the input is contiguous from the start of its memory)
        new("THSTensor_as_strided", Strided),
        // (input, offset, axis of the rows, axis of the columns), (input, offset)
        new("THSTensor_diag_embed", (graph, call) => Embedded(graph, call, call.Tensor(0), call.Integer(2), call.Integer(3))),
        new("THSTensor_diagflat", (graph, call) => Embedded(graph, call, graph.Reshape(call.Tensor(0), -1), 0, 1)),
        new("THSTensor_diag", (graph, call) => call.Shape(0).Count == 2 ? ShapeConverters.Diagonal(graph, call, call.Integer(1), 0, 1)
            : Embedded(graph, call, call.Tensor(0), 0, 1)),
        // (rows, columns, offset, ...): [2,K], row by row
        new("THSTensor_tril_indices", (graph, call) => Triangle(graph, call, "LessOrEqual")),
        new("THSTensor_triu_indices", (graph, call) => Triangle(graph, call, "GreaterOrEqual")),
    ];

    // Element offset + sum of index * stride of the flat tensor.
    static Value Strided(GraphBuilder graph, NativeCall call)
    {
        if (!call.Flag(6))
        {
            throw call.Refuse("its strides count elements of memory, but its tensor is a view that is not contiguous from the start of its "
                + "memory; call contiguous() on it first, or use transpose, narrow and expand");
        }
        if (Reach(call) >= call.Sizes(0).Aggregate(1L, (product, size) => product * size.Values[0]))
        {
            throw call.Refuse("its strides reach beyond the elements of its tensor");
        }
        Quantity[] sizes = call.Quantities(1), strides = call.Quantities(3);
        Value places = call.Vector(call.Quantity(5)); // [1]
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            Value steps = graph.Mul(graph.Numbers(call, sizes[axis]), call.Vector(strides[axis]));
            long[] behind = [.. Enumerable.Range(1, sizes.Length - 1 - axis).Select(i => (long)i)];
            places = graph.Add(places, behind.Length == 0 ? steps : graph.Unsqueeze(steps, behind));
        }
        places = sizes.Length == 0 ? graph.Squeeze(places, 0) : places;
        return graph.Apply("Gather", [graph.Reshape(call.Tensor(0), -1), places], new Attributes { ["axis"] = 0 });
    }

    // The last place that is taken, at the first traced sizes.
    static long Reach(NativeCall call) => call.Quantity(5).Values[0] + call.Quantities(1)
        .Zip(call.Quantities(3), (size, stride) => (size.Values[0] - 1) * stride.Values[0]).Sum();

    // [..,L] to [..,L+|k|,L+|k|] with the elements where column - row is k; the two axes go to the places asked for.
    static Value Embedded(GraphBuilder graph, NativeCall call, Value x, long rowAxis, long columnAxis)
    {
        long offset = call.Integer(1);
        int rank = call.ResultShape().Count, rows = call.ResultShape().Axis(rowAxis), columns = call.ResultShape().Axis(columnAxis);
        Value numbers = graph.Numbers(call, call.ResultSizes()[rows]);
        Value isOn = graph.Apply("Equal", [graph.Sub(numbers, graph.Unsqueeze(numbers, 1)), graph.Integer(offset)]);
        long[] pads = [.. new long[2 * (rank - 1) - 1], Math.Abs(offset)];
        Value zero = graph.Scalar(0, x), padded = offset == 0 ? x : graph.Apply("Pad", [x, graph.Constant(TensorData.Vector(pads)), zero]);
        Value square = graph.Where(isOn, graph.Unsqueeze(padded, offset >= 0 ? -1 : -2), zero);
        var order = new long[rank];
        var rest = new Queue<long>(Enumerable.Range(0, rank - 2).Select(axis => (long)axis));
        for (int axis = 0; axis < rank; axis++)
        {
            order[axis] = axis == rows ? rank - 2 : axis == columns ? rank - 1 : rest.Dequeue();
        }
        return graph.Transpose(square, order);
    }

    static Value Triangle(GraphBuilder graph, NativeCall call, string comparison)
    {
        Value rows = graph.Unsqueeze(graph.Numbers(call, call.Quantity(0)), 1), columns = graph.Numbers(call, call.Quantity(1));
        Value isIn = graph.Apply(comparison, [graph.Sub(columns, rows), graph.Integer(call, 2)]);
        return graph.Cast(graph.Unary("NonZero", isIn), call.ResultType());
    }
}
