using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Systems of linear equations, inverses and determinants of matrices [..,n,n] of a fixed n, by Gauss and Jordan's elimination with the
/// largest element of each column as its pivot (Golub and Van Loan, Matrix Computations, section 3.4), one group of nodes a column.
/// </summary>
static class SystemConverters
{
    // About 20 nodes for each column.
    const long LargestSize = 32;

    public static IEnumerable<Converter> All =>
    [
        // TorchSharp 0.107.0 calls cholesky_ex for inv_ex, and this for torch.inverse.
        new("THSLinalg_inv", (graph, call) => Inverse(graph, call)),
        // (a, b, whether a stands left)
        new("THSLinalg_solve", Solve),
        new("THSLinalg_det", (graph, call) => Determinant(graph, call).Value),
        new("THSLinalg_slogdet", (graph, call) => [Determinant(graph, call).Sign, Determinant(graph, call).Logarithm]),
        new("THSTensor_logdet", LogDeterminant),
        // (a, power)
        new("THSLinalg_matrix_power", Power),
    ];

    /// <param name="Rows">What became of the right side.</param>
    /// <param name="Pivots">The pivots [..,1,1], each with the sign that its exchange of rows gives it.</param>
    sealed record Elimination(Value Rows, IReadOnlyList<Value> Pivots);

    static Value Inverse(GraphBuilder graph, NativeCall call)
    {
        (Value a, long size) = Square(graph, call);
        return Eliminate(graph, call, a, Expanded(graph, call, Identity(graph, a, size)), size).Rows;
    }

    static (Value A, long Size) Square(GraphBuilder graph, NativeCall call) => call.Shape(0)[^1].Size is long size and <= LargestSize
        ? (call.Tensor(0), size)
        : throw call.Refuse(
            $"matrices are eliminated column by column, so that their size must be fixed and at most {LargestSize}, found {call.Shape(0)}");

    static Value Identity(GraphBuilder graph, Value like, long size) => graph.Constant(TensorData.FromDoubles(
        [.. Enumerable.Range(0, (int)(size * size)).Select(i => i / size == i % size ? 1.0 : 0)], [size, size], like.Type.Element));

    static Value Expanded(GraphBuilder graph, NativeCall call, Value x) =>
        call.Shape(0).Count == 2 ? x : graph.Apply("Expand", [x, call.Vector(call.Sizes(0))]);

    // a x = b; x a = b by the transposed system.
    static Value Solve(GraphBuilder graph, NativeCall call)
    {
        (Value a, long size) = Square(graph, call);
        Value b = call.Tensor(1);
        // A batch of vectors is one axis short of a; a single vector is one as well.
        bool isVector = call.Shape(1).Count == 1 || (call.Shape(1).Count == call.Shape(0).Count - 1
            && call.Shape(1).SequenceEqual(call.Shape(0).Take(call.Shape(1).Count)));
        b = isVector ? graph.Unsqueeze(b, -1) : b;
        bool isLeft = call.Flag(2) || isVector;
        if (b.Shape.Count != call.Shape(0).Count)
        {
            throw call.Refuse($"both sides need the same number of axes, found {call.Shape(0)} and {call.Shape(1)}");
        }
        Value rows = Eliminate(graph, call, isLeft ? a : Swapped(graph, a), isLeft ? b : Swapped(graph, b), size).Rows;
        rows = isLeft ? rows : Swapped(graph, rows);
        return isVector ? graph.Squeeze(rows, -1) : rows;
    }

    static Value Swapped(GraphBuilder graph, Value x) =>
        graph.Transpose(x, [.. Enumerable.Range(0, x.Shape.Count - 2).Select(axis => (long)axis), x.Shape.Count - 1, x.Shape.Count - 2]);

    /// <param name="Value">The determinant.</param>
    /// <param name="Sign">Its sign.</param>
    /// <param name="Logarithm">The logarithm of its magnitude.</param>
    sealed record SignedDeterminant(Value Value, Value Sign, Value Logarithm);

    static SignedDeterminant Determinant(GraphBuilder graph, NativeCall call)
    {
        (Value a, long size) = Square(graph, call);
        Value[] pivots = [.. Eliminate(graph, call, a, null, size).Pivots.Select(pivot => graph.Squeeze(pivot, -2, -1))];
        return new(pivots.Aggregate(graph.Mul), pivots.Select(pivot => MathConverters.Sign(graph, pivot)).Aggregate(graph.Mul),
            pivots.Select(pivot => graph.Unary("Log", graph.Unary("Abs", pivot))).Aggregate(graph.Add));
    }

    // NaN of a negative determinant.
    static Value LogDeterminant(GraphBuilder graph, NativeCall call)
    {
        (_, Value sign, Value logarithm) = Determinant(graph, call);
        return graph.Where(graph.Apply("Less", [sign, graph.Scalar(0, sign)]), graph.Scalar(double.NaN, sign), logarithm);
    }

    static Value Power(GraphBuilder graph, NativeCall call)
    {
        long power = Math.Abs(call.Integer(1));
        if (power > LargestSize)
        {
            throw call.Refuse($"the power must be at most {LargestSize}, found {power}");
        }
        Value x = call.Integer(1) < 0 ? Inverse(graph, call) : call.Tensor(0);
        return power == 0 ? Expanded(graph, call, Identity(graph, x, Square(graph, call).Size))
            : Enumerable.Repeat(x, (int)power).Aggregate(graph.MatMul);
    }

    // Every column in turn: its largest element at or below the diagonal becomes the pivot, its row is exchanged with the diagonal's, and
    // multiples of it are taken from all other rows.
    static Elimination Eliminate(GraphBuilder graph, NativeCall call, Value a, Value? right, long size)
    {
        Value rows = right is null ? a : graph.Apply("Concat", [a, right], new Attributes { ["axis"] = -1 }); // [..,n,n+m]
        Value numbers = graph.Constant(TensorData.Of([.. Enumerable.Range(0, (int)size).Select(i => (long)i)], size, 1)); // [n,1]
        var pivots = new List<Value>();
        for (int column = 0; column < size; column++)
        {
            Value at = graph.Integer(column), zero = graph.Scalar(0, rows);
            Value values = graph.Slice(rows, -1, column, column + 1); // [..,n,1]
            Value candidates = graph.Where(graph.Apply("Less", [numbers, at]), graph.Scalar(-1, rows), graph.Unary("Abs", values));
            Value place = graph.ArgMax(candidates, call.Shape(0).Count - 2, keep: true); // [..,1,1]
            Value isPivot = graph.Cast(graph.Apply("Equal", [numbers, place]), rows.Type.Element); // [..,n,1]
            Value own = graph.Slice(rows, -2, column, column + 1); // [..,1,n+m]
            Value row = graph.Reduce("ReduceSum", graph.Mul(isPivot, rows), [-2], keep: true);
            Value pivot = graph.Slice(row, -1, column, column + 1); // [..,1,1]
            Value isSame = graph.Apply("Equal", [place, at]);
            pivots.Add(graph.Where(isSame, pivot, graph.Unary("Neg", pivot)));
            Value exchanged = graph.Add(rows, graph.Mul(isPivot, graph.Sub(own, row))), scaled = graph.Div(row, pivot);
            Value factors = graph.Slice(exchanged, -1, column, column + 1);
            Value rest = graph.Sub(exchanged, graph.Mul(factors, scaled));
            // The pivot of a singular matrix is 0: what is left of a determinant stays as it is.
            rest = right is null ? graph.Where(graph.Apply("Equal", [pivot, zero]), exchanged, rest) : rest;
            rows = graph.Where(graph.Apply("Equal", [numbers, at]), right is null ? row : scaled, rest);
        }
        return new Elimination(right is null ? rows : graph.Slice(rows, -1, size, long.MaxValue), pivots);
    }
}
