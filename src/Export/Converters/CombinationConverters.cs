using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Operators that combine several tensors, or a tensor with itself, beyond plain arithmetic.</summary>
static class CombinationConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (tensors*, length, allocator)
        new("THSTensor_broadcast_tensors", (graph, call) =>
            [.. call.Tensors(0).Select((tensor, i) => graph.Apply("Expand", [tensor, call.Vector(call.ResultSizes(i))]))]),
        // (tensors*, length, indexing, allocator)
        new("THSTensor_meshgrid", Meshgrid),
        // (input, n, dim, prepend, append)
        new("THSTensor_diff", Difference),
        // TorchSharp 0.107.0 can only cross a tensor with a number outside of linalg, which fails.
        new("THSLinalg_cross", (graph, call) => Cross(graph, call, call.Shape(0).Axis(call.Integer(2)))),
        new("THSTensor_inner", (graph, call) =>
            graph.Apply("Einsum", [call.Tensor(0), call.Tensor(1)],
            new Attributes { ["equation"] = Contraction(call, [call.Shape(0).Count - 1], [call.Shape(1).Count - 1]) })),
        // (a, b, axes of a*, length, axes of b*, length)
        new("THSLinalg_tensordot", (graph, call) =>
            graph.Apply("Einsum", [call.Tensor(0), call.Tensor(1)],
            new Attributes { ["equation"] = Contraction(call, call.Integers(2), call.Integers(4)) })),
        new("THSTensor_kron", Kronecker),
    ];

    // Of tensors of the same rank: every element of a times all of b, with the axes of b inside those of a.
    static Value Kronecker(GraphBuilder graph, NativeCall call)
    {
        int rank = call.Shape(0).Count == call.Shape(1).Count ? call.Shape(0).Count
            : throw call.Refuse($"its tensors must have the same number of axes, found {call.Shape(0)} and {call.Shape(1)}");
        Value a = graph.Unsqueeze(graph.Promoted(call, 0), [.. Enumerable.Range(0, rank).Select(axis => 2L * axis + 1)]);
        Value b = graph.Unsqueeze(graph.Promoted(call, 1), [.. Enumerable.Range(0, rank).Select(axis => 2L * axis)]);
        return graph.Apply("Reshape", [graph.Mul(a, b), call.Vector(call.ResultSizes())]);
    }

    // Vector i runs along axis i of all results; with "xy" the first two change places.
    static Value[] Meshgrid(GraphBuilder graph, NativeCall call)
    {
        bool swapped = call.Text(2) == "xy";
        IReadOnlyList<Value> vectors = call.Tensors(0);
        return [.. vectors.Select((vector, i) =>
        {
            int axis = swapped && i < 2 && vectors.Count > 1 ? 1 - i : i;
            Value shaped = graph.Reshape(vector, [.. vectors.Select((_, other) => other == axis ? -1L : 1)]);
            return graph.Apply("Expand", [shaped, call.Vector(call.ResultSizes(i))]);
        })];
    }

    static Value Difference(GraphBuilder graph, NativeCall call)
    {
        if (call.IsGiven(3) || call.IsGiven(4))
        {
            throw call.Refuse("'prepend' and 'append' have no mapping; use torch.cat before");
        }
        long axis = call.Integer(2);
        return Enumerable.Range(0, (int)call.Integer(1))
            .Aggregate(call.Tensor(0), (x, _) => graph.Sub(graph.Slice(x, axis, 1, long.MaxValue), graph.Slice(x, axis, 0, -1)));
    }

    // Of 3 elements along an axis: (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0).
    static Value Cross(GraphBuilder graph, NativeCall call, int axis)
    {
        return graph.Sub(graph.Mul(Turned(0, 1), Turned(1, 2)), graph.Mul(Turned(0, 2), Turned(1, 1)));

        Value Turned(int argument, int by) =>
            graph.Apply("Gather", [call.Tensor(argument),
            graph.Constant(TensorData.Vector([.. Enumerable.Range(0, 3).Select(i => (i + by) % 3L)]))], new Attributes { ["axis"] = axis });
    }

    // Pairs of axes share a letter and are summed; the others follow in order.
    static string Contraction(NativeCall call, long[] first, long[] second)
    {
        char[] a = [.. Enumerable.Range('a', call.Shape(0).Count).Select(letter => (char)letter)],
            b = [.. Enumerable.Range('A', call.Shape(1).Count).Select(letter => (char)letter)];
        foreach ((long left, long right) in first.Zip(second))
        {
            b[call.Shape(1).Axis(right)] = a[call.Shape(0).Axis(left)];
        }
        return $"{new string(a)},{new string(b)}->{new string([.. a.Except(b), .. b.Except(a)])}";
    }
}
