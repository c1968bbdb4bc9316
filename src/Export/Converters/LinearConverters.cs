using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Matrix products.</summary>
static class LinearConverters
{
    // Bytes of a weight from which no transposed copy is made.
    const long LargeWeight = 1L << 28;

    public static IEnumerable<Converter> All =>
    [
        new("THSNN_functional_linear", Linear),
        new("THSTensor_matmul", (graph, call) => MatMul(graph, call)),
        new("THSTensor_mm", (graph, call) => graph.MatMul(call.Tensor(0), call.Tensor(1))),
        new("THSTensor_bmm", (graph, call) => graph.MatMul(call.Tensor(0), call.Tensor(1))),
        new("THSTensor_mv", (graph, call) => MatMul(graph, call)),
        new("THSTensor_dot", (graph, call) => graph.Reduce("ReduceSum", graph.Mul(call.Tensor(0), call.Tensor(1)), [0])),
        new("THSTensor_vdot", (graph, call) => graph.Reduce("ReduceSum", graph.Mul(call.Tensor(0), call.Tensor(1)), [0])),
        new("THSTensor_outer", (graph, call) => graph.Mul(graph.Unsqueeze(call.Tensor(0), 1), graph.Unsqueeze(call.Tensor(1), 0))),
        new("THSLinalg_multi_dot", (graph, call) => call.Tensors(0).Aggregate(graph.MatMul)),
        new("THSNN_functional_bilinear", Bilinear),
        new("THSTensor_einsum", Einsum),
        // beta * c + alpha * sum over the batch of a * b; beta * c + alpha * a * b with a vector; beta * c + alpha * outer product
        new("THSTensor_addbmm", (graph, call) =>
            Weighted(graph, call, graph.Reduce("ReduceSum", graph.MatMul(call.Tensor(1), call.Tensor(2)), [0]))),
        new("THSTensor_addmv", (graph, call) =>
            Weighted(graph, call, graph.Squeeze(graph.MatMul(call.Tensor(1), graph.Unsqueeze(call.Tensor(2), 1)), -1))),
        new("THSTensor_addr", (graph, call) =>
            Weighted(graph, call, graph.Mul(graph.Unsqueeze(call.Tensor(1), 1), graph.Unsqueeze(call.Tensor(2), 0)))),
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
        if (call.Shape(0).Count > 2 && graph.ConstantOf(weight)?.ByteCount >= LargeWeight)
        {
            // The leading axes are merged for Gemm and taken apart again.
            Value rows = graph.Reshape(x, -1, call.Shape(1)[1].Size!.Value);
            return graph.Apply("Reshape", [graph.Gemm(rows, weight, bias, transB: true), call.Vector(call.ResultSizes())]);
        }
        Value product = Product(graph, x, graph.Transpose(weight, 1, 0), call.Shape(0).Count, 2);
        return bias is null ? product : graph.Add(product, bias);
    }

    static Value Weighted(GraphBuilder graph, NativeCall call, Value product) =>
        graph.Add(graph.Scale(call.Tensor(0), call.Number(3)), graph.Scale(product, call.Number(4)));

    // (x [..,I], y [..,J], weight [O,I,J], bias [O] or none): x weight_o y for each o.
    static Value Bilinear(GraphBuilder graph, NativeCall call)
    {
        long[] sizes = call.Shape(2).Sizes; // O, I, J
        Value weight = graph.Reshape(graph.Transpose(call.Tensor(2), 1, 0, 2), sizes[1], sizes[0] * sizes[2]); // [I,O*J]
        Quantity[] shape = [.. call.ResultSizes(), call.ResultSizes()[^1].Select(_ => sizes[2])];
        // [..,O,J]
        Value half = graph.Apply("Reshape", [Product(graph, call.Tensor(0), weight, call.Shape(0).Count, 2), call.Vector(shape)]);
        Value whole = graph.Reduce("ReduceSum", graph.Mul(half, graph.Unsqueeze(call.Tensor(1), -2)), [-1]);
        return call.OptionalTensor(3) is Value bias ? graph.Add(whole, bias) : whole;
    }

    // (equation, tensors*, length); an ellipsis becomes letters of its own.
    static Value Einsum(GraphBuilder graph, NativeCall call)
    {
        IReadOnlyList<Value> tensors = call.Tensors(1);
        string equation = call.Text(0)!.Replace(" ", "", StringComparison.Ordinal);
        if (equation.Contains("...", StringComparison.Ordinal))
        {
            string[] terms = equation.Split("->")[0].Split(',');
            int width = terms.Zip(tensors, (term, tensor) => term.Contains("...", StringComparison.Ordinal)
                ? tensor.Shape.Count - (term.Length - 3) : 0).Max();
            string letters = new([.. Enumerable.Range('A', 26).Select(letter => (char)letter).Except(equation).Take(width)]);
            if (terms.Zip(tensors).Any(pair => pair.First.Contains("...", StringComparison.Ordinal)
                && pair.Second.Shape.Count - (pair.First.Length - 3) != width))
            {
                throw call.Refuse($"the ellipses of '{equation}' must stand for the same number of axes");
            }
            equation = (equation.Contains("->", StringComparison.Ordinal) ? equation
                : throw call.Refuse($"'{equation}' needs '->' and the result's letters")).Replace("...", letters, StringComparison.Ordinal);
        }
        return graph.Apply("Einsum", tensors, new Attributes { ["equation"] = equation });
    }

    static Value MatMul(GraphBuilder graph, NativeCall call) =>
        Product(graph, call.Tensor(0), call.Tensor(1), call.Shape(0).Count, call.Shape(1).Count);

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
