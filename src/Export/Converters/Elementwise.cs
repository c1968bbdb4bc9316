using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Small pieces that many element-by-element converters share.</summary>
static class Elementwise
{
    /// <summary>A tensor argument in the element type of the result: PyTorch promotes types, ONNX does not.</summary>
    public static Value Promoted(this GraphBuilder graph, NativeCall call, int argument) =>
        graph.Cast(call.Tensor(argument), call.ResultType());

    /// <summary>
    /// A scalar argument in the element type of the result; a size read in C#, such as x / x.shape[0], is read in the graph.
    /// </summary>
    public static Value Number(this GraphBuilder graph, NativeCall call, int argument) => graph.Number(call, argument, call.ResultType());

    public static Value Number(this GraphBuilder graph, NativeCall call, int argument, ElementType type) => call.IsFixed(argument)
        ? graph.Constant(TensorData.Scalar(call.Real(argument), type))
        : !call.IsWhole(argument) && call.FloatOfSize(graph, argument) is Value number ? graph.Cast(number, type)
        : graph.Cast(graph.Squeeze(call.Vector(call.Quantity(argument)), 0), type);

    public static Value Scale(this GraphBuilder graph, Value x, double factor) => factor == 1 ? x : graph.Mul(x, graph.Scalar(factor, x));

    public static Value Shift(this GraphBuilder graph, Value x, double summand) =>
        summand == 0 ? x : graph.Add(x, graph.Scalar(summand, x));

    public static Value Where(this GraphBuilder graph, Value condition, Value yes, Value no) => graph.Apply("Where", [condition, yes, no]);

    public static Value Unary(this GraphBuilder graph, string op, Value x) => graph.Apply(op, [x]);

    /// <summary><paramref name="x"/> times a scalar argument of its own type, which may follow a size.</summary>
    public static Value ScaledBy(this GraphBuilder graph, NativeCall call, Value x, int argument) => call.IsFixed(argument)
        ? graph.Scale(x, call.Scalar(argument)) : graph.Mul(x, graph.Number(call, argument, x.Type.Element));

    public static Value Clip(this GraphBuilder graph, Value x, double? low, double? high) => graph.Apply("Clip",
        high is double max ? [x, low is double min ? graph.Scalar(min, x) : null, graph.Scalar(max, x)]
            : [x, low is double least ? graph.Scalar(least, x) : null]);

    /// <summary>A part of one axis, by int64 constants.</summary>
    public static Value Slice(this GraphBuilder graph, Value x, long axis, long start, long end, long step = 1) => graph.Apply("Slice",
        [x, graph.Constant(TensorData.Vector(start)), graph.Constant(TensorData.Vector(end)), graph.Constant(TensorData.Vector(axis)),
            graph.Constant(TensorData.Vector(step))]);

    /// <summary>0, 1, .., <paramref name="count"/> - 1 as int64.</summary>
    public static Value Numbers(this GraphBuilder graph, NativeCall call, Quantity count) => count.Constant is long fixedCount
        ? graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)fixedCount).Select(i => (long)i)]))
        : graph.Apply("Range", [graph.Integer(0), graph.Squeeze(call.Vector(count), 0), graph.Integer(1)]);

    /// <summary>
    /// Doubles rounded to the 24 bits of a single by arithmetic of doubles (T. J. Dekker, 1971, section 5), which the float64 evaluator
    /// rounds as well.
    /// </summary>
    public static Value ToSingle(this GraphBuilder graph, Value value)
    {
        Value wide = graph.Scale(value, (1 << 29) + 1.0);
        return graph.Sub(wide, graph.Sub(wide, value));
    }

    /// <summary>A whole-number argument, which may follow a size, as an int64 scalar.</summary>
    public static Value Integer(this GraphBuilder graph, NativeCall call, int argument) => call.IsFixed(argument)
        ? graph.Integer(call.Integer(argument)) : graph.Squeeze(call.Vector(call.Quantity(argument)), 0);

    /// <summary>An int64 scalar.</summary>
    public static Value Integer(this GraphBuilder graph, long value) => graph.Constant(TensorData.Scalar(value, ElementType.Int64));
}
