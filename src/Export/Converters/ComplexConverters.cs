using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Complex numbers as pairs of real and imaginary parts on a last axis of 2, as view_as_real has them. What treats both parts alike goes
/// through the mapping of real numbers, part by part.
/// </summary>
static class ComplexConverters
{
    // Linear operators whose numbers are real, and operators that only move elements.
    static readonly string[] parted =
    [
        "add", "sub", "neg", "sum", "sum_along_dimensions", "mean", "mean_along_dimensions", "cumsum", "clone", "contiguous", "detach",
        "alias", "to_device", "cpu", "view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "permute", "transpose", "t",
        "movedim", "expand", "repeat", "cat", "stack", "hstack", "vstack", "select", "narrow", "slice", "chunk", "split_with_size",
        "split_with_sizes", "unbind", "flip", "roll", "index", "index_select", "where", "diagonal", "get1", "get2", "get3",
    ];

    public static IEnumerable<Converter> All =>
    [
        .. parted.Select(name => new Converter($"THSTensor_{name}", (graph, call) => ByParts(graph, call, $"THSTensor_{name}"))),
        new("THSTensor_real", (graph, call) => Parts(graph, call.Tensor(0)).Real),
        new("THSTensor_imag", (graph, call) => Parts(graph, call.Tensor(0)).Imaginary),
        new("THSTensor_view_as_real", (_, call) => call.Tensor(0)), new("THSTensor_view_as_complex", (_, call) => call.Tensor(0)),
        new("THSTensor_complex", (graph, call) => Pair(graph, call.Tensor(0), call.Tensor(1))),
        // (size, angle)
        new("THSTensor_polar", (graph, call) => Pair(graph, graph.Mul(call.Tensor(0), graph.Unary("Cos", call.Tensor(1))),
            graph.Mul(call.Tensor(0), graph.Unary("Sin", call.Tensor(1))))),
        .. ((string[])["conj", "conj_physical"])
            .Select(name => new Converter($"THSTensor_{name}", (graph, call) => Conjugate(graph, call.Tensor(0)))),
        new("THSTensor_resolve_conj", (_, call) => call.Tensor(0)),
        new("THSTensor_abs", (graph, call) => graph.Reduce("ReduceL2", call.Tensor(0), [-1])),
        new("THSTensor_angle", (graph, call) =>
            MathConverters.Atan2(graph, Parts(graph, call.Tensor(0)).Imaginary, Parts(graph, call.Tensor(0)).Real)),
        new("THSTensor_mul", (graph, call) => Product(graph, Complex(graph, call, 0), Complex(graph, call, 1))),
        new("THSTensor_mul_scalar", (graph, call) => graph.Mul(call.Tensor(0), graph.Number(call, 1))),
        new("THSTensor_div", (graph, call) => Quotient(graph, Complex(graph, call, 0), Complex(graph, call, 1))),
        new("THSTensor_div_scalar", (graph, call) => graph.Div(call.Tensor(0), graph.Number(call, 1))),
        // e^a (cos b + i sin b)
        new("THSTensor_exp", (graph, call) => Exponential(graph, call.Tensor(0))),
    ];

    /// <summary>The parts of pairs [..,2].</summary>
    public static (Value Real, Value Imaginary) Parts(GraphBuilder graph, Value x) => (Part(graph, x, 0), Part(graph, x, 1));

    static Value Part(GraphBuilder graph, Value x, long part) =>
        graph.Apply("Gather", [x, graph.Integer(part)], new Attributes { ["axis"] = -1 });

    /// <summary>Pairs [..,2] of two parts.</summary>
    public static Value Pair(GraphBuilder graph, Value real, Value imaginary) =>
        graph.Apply("Concat", [graph.Unsqueeze(real, -1), graph.Unsqueeze(imaginary, -1)], new Attributes { ["axis"] = -1 });

    static Value?[] ByParts(GraphBuilder graph, NativeCall call, string entry)
    {
        if (call.MixesReal())
        {
            throw call.Refuse("real and complex tensors together have no mapping; make both complex");
        }
        Converter converter = ConverterRegistry.Find(entry)!;
        Value?[] real = converter.Convert(graph, call.OfPart(graph, 0)), imaginary = converter.Convert(graph, call.OfPart(graph, 1));
        return [.. real.Zip(imaginary, (a, b) => a is null || b is null ? null : Pair(graph, a, b))];
    }

    static Value Conjugate(GraphBuilder graph, Value x) =>
        graph.Mul(x, graph.Constant(TensorData.FromDoubles([1, -1], [2], x.Type.Element)));

    // A real number is a pair with 0.
    static (Value Real, Value Imaginary) Complex(GraphBuilder graph, NativeCall call, int argument)
    {
        Value x = graph.Promoted(call, argument);
        return call.IsComplex(argument) ? Parts(graph, x) : (x, graph.Scalar(0, x));
    }

    // (a + bi)(c + di) = (ac - bd) + (ad + bc)i
    static Value Product(GraphBuilder graph, (Value Real, Value Imaginary) x, (Value Real, Value Imaginary) y) => Pair(graph,
        graph.Sub(graph.Mul(x.Real, y.Real), graph.Mul(x.Imaginary, y.Imaginary)),
        graph.Add(graph.Mul(x.Real, y.Imaginary), graph.Mul(x.Imaginary, y.Real)));

    // x times the conjugate of y, divided by |y|^2
    static Value Quotient(GraphBuilder graph, (Value Real, Value Imaginary) x, (Value Real, Value Imaginary) y)
    {
        Value size = graph.Add(graph.Mul(y.Real, y.Real), graph.Mul(y.Imaginary, y.Imaginary));
        return graph.Div(Product(graph, x, (y.Real, graph.Unary("Neg", y.Imaginary))), graph.Unsqueeze(size, -1));
    }

    static Value Exponential(GraphBuilder graph, Value x)
    {
        (Value real, Value imaginary) = Parts(graph, x);
        Value size = graph.Unary("Exp", real);
        return Pair(graph, graph.Mul(size, graph.Unary("Cos", imaginary)), graph.Mul(size, graph.Unary("Sin", imaginary)));
    }
}
