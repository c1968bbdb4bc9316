using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Matrix products.</summary>
static class LinearConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSNN_functional_linear", Linear),
        new("THSTensor_matmul", (graph, call) => MatMul(graph, call)),
        new("THSTensor_mm", (graph, call) => graph.MatMul(call.Tensor(0), call.Tensor(1))),
        new("THSTensor_bmm", (graph, call) => graph.MatMul(call.Tensor(0), call.Tensor(1))),
        new("THSTensor_addmm", (graph, call) => Sum(graph, call, 1, 2, 0)),
        new("THSTensor_baddbmm", (graph, call) => Sum(graph, call, 0, 1, 2)),
    ];

    // x [..,in], weight [out,in], bias [out] or none: x * weight^T + bias. Matrices go to Gemm(transB=1), the form that OpenCV reads too.
    static Value Linear(GraphBuilder graph, NativeCall call)
    {
        (Value x, Value weight, Value? bias) = (call.Tensor(0), call.Tensor(1), call.OptionalTensor(2));
        if (call.Shape(0).Count == 2)
        {
            return graph.Gemm(x, weight, bias, transB: true);
        }
        Value product = Product(graph, x, graph.Transpose(weight, 1, 0), call.Shape(0).Count, 2);
        return bias is null ? product : graph.Add(product, bias);
    }

    static Value MatMul(GraphBuilder graph, NativeCall call) => Product(graph, call.Tensor(0), call.Tensor(1), call.Shape(0).Count, call.Shape(1).Count);

    // A vector on the left is a row, on the right a column; the axis put in is taken out again.
    static Value Product(GraphBuilder graph, Value a, Value b, int rankA, int rankB)
    {
        Value product = graph.MatMul(rankA == 1 ? graph.Unsqueeze(a, 0) : a, rankB == 1 ? graph.Unsqueeze(b, 1) : b);
        product = rankB == 1 ? graph.Squeeze(product, -1) : product;
        return rankA == 1 ? graph.Squeeze(product, rankB == 1 ? -1 : -2) : product;
    }

    // beta * c + alpha * a * b, with beta and alpha as native arguments 3 and 4.
    static Value Sum(GraphBuilder graph, NativeCall call, int a, int b, int c) =>
        graph.Add(graph.Scale(call.Tensor(c), call.Number(3)), graph.Scale(graph.MatMul(call.Tensor(a), call.Tensor(b)), call.Number(4)));
}
