using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Norms of vectors and matrices, and distances. TorchSharp's linalg entries: (input, order, axes*, length, keep).</summary>
static class NormConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_norm", (graph, call) =>
            ReductionConverters.Norm(graph, call, call.Tensor(0), call.Number(1), Axes(call, null), keep: false)),
        new("THSTensor_norm_along_dimension", (graph, call) =>
            ReductionConverters.Norm(graph, call, call.Tensor(0), call.Number(3), [call.Integer(1)], call.Flag(2))),
        new("THSLinalg_vector_norm", (graph, call) =>
            ReductionConverters.Norm(graph, call, call.Tensor(0), call.Scalar(1), Axes(call, call.Integers(2)), call.Flag(4))),
        new("THSLinalg_norm_float", (graph, call) => Norm(graph, call, call.Number(1), call.Integers(2), call.Flag(4))),
        new("THSLinalg_norm_int", (graph, call) => Norm(graph, call, call.Integer(1), call.Integers(2), call.Flag(4))),
        new("THSLinalg_norm_opt", (graph, call) =>
            ReductionConverters.Norm(graph, call, call.Tensor(0), 2, Axes(call, call.Integers(1)), call.Flag(3))),
        new("THSLinalg_norm_str", (graph, call) => call.Text(1) == "fro" ? Frobenius(graph, call) : throw Singular(call)),
        new("THSLinalg_matrix_norm", (graph, call) => OfMatrices(graph, call, call.Scalar(1), call.Integers(2), call.Flag(4))),
        // The order is 0 for Frobenius's, 1 for the nuclear norm.
        new("THSLinalg_matrix_norm_fronuc", (graph, call) => call.Integer(1) == 0 ? Frobenius(graph, call) : throw Singular(call)),
        // (a, b, p, eps, keep)
        new("THSNN_pairwise_distance", (graph, call) => ReductionConverters.Norm(
            graph, call, graph.Shift(graph.Sub(call.Tensor(0), call.Tensor(1)), call.Number(3)), call.Number(2), [-1], call.Flag(4))),
        // (a, b, p)
        new("THSTensor_dist", (graph, call) => ReductionConverters.Norm(
            graph, call, graph.Reshape(graph.Sub(call.Tensor(0), call.Tensor(1)), -1), call.Number(2), [0], keep: false)),
        // (a [..,P,M], b [..,R,M], p, mode): distances [..,P,R]
        new("THSTensor_cdist", (graph, call) => ReductionConverters.Norm(
            graph, call, graph.Sub(graph.Unsqueeze(call.Tensor(0), -2), graph.Unsqueeze(call.Tensor(1), -3)), call.Number(2), [-1],
            keep: false)),
        // (x, y, axis)
        new("THSLinalg_vecdot", (graph, call) =>
            graph.Reduce("ReduceSum", graph.Mul(graph.Promoted(call, 0), graph.Promoted(call, 1)), [call.Integer(2)])),
    ];

    // No axes mean all of them, as in PyTorch.
    static long[] Axes(NativeCall call, long[]? axes) =>
        axes is { Length: > 0 } ? axes : [.. Enumerable.Range(0, call.Shape(0).Count).Select(axis => (long)axis)];

    // Over two axes, or of a tensor of two without any, these entries mean norms of matrices.
    static Value Norm(GraphBuilder graph, NativeCall call, double order, long[] axes, bool keep) =>
        (axes.Length == 0 ? call.Shape(0).Count : axes.Length) == 2 ? OfMatrices(graph, call, order, axes, keep)
            : ReductionConverters.Norm(graph, call, call.Tensor(0), order, Axes(call, axes), keep);

    static long[] Pair(long[] axes) => axes.Length == 0 ? [-2, -1] : axes;

    // The root of the sum of squares.
    static Value Frobenius(GraphBuilder graph, NativeCall call) => graph.Reduce("ReduceL2", call.Tensor(0),
        call.Integers(2).Length == 0 && call.Entry == "THSLinalg_norm_str" ? Axes(call, null) : Pair(call.Integers(2)), call.Flag(4));

    // 1 and -1: the largest and smallest sum of a column; infinity and minus infinity: of a row.
    static Value OfMatrices(GraphBuilder graph, NativeCall call, double order, long[] axes, bool keep)
    {
        if (order is not (1 or -1 or double.PositiveInfinity or double.NegativeInfinity))
        {
            throw Singular(call);
        }
        bool isColumn = Math.Abs(order) == 1;
        (int summed, int other) = (call.Shape(0).Axis(Pair(axes)[isColumn ? 0 : 1]), call.Shape(0).Axis(Pair(axes)[isColumn ? 1 : 0]));
        Value sums = graph.Reduce("ReduceL1", call.Tensor(0), [summed], keep: true);
        Value found = NanGuard.Reduce(graph, call, order > 0 ? "ReduceMax" : "ReduceMin", sums, [other], keep: true);
        return keep ? found : graph.Squeeze(found, Math.Min(summed, other), Math.Max(summed, other));
    }

    static Exception Singular(NativeCall call) =>
        call.Refuse("norms by singular values have no ONNX form; expected 'fro', 1, -1, or plus or minus infinity");
}
