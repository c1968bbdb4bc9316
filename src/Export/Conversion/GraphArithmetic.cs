using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>Short forms of operators with constants.</summary>
static class GraphArithmetic
{
    public static Value Scale(this GraphBuilder graph, Value x, double factor) => factor == 1 ? x : graph.Mul(x, graph.Scalar(factor, x));

    public static Value Shift(this GraphBuilder graph, Value x, double summand) =>
        summand == 0 ? x : graph.Add(x, graph.Scalar(summand, x));

    public static Value Where(this GraphBuilder graph, Value condition, Value yes, Value no) => graph.Apply("Where", [condition, yes, no]);

    public static Value Unary(this GraphBuilder graph, string op, Value x) => graph.Apply(op, [x]);

    public static Value Clip(this GraphBuilder graph, Value x, double? low, double? high) => graph.Apply("Clip",
        high is double max ? [x, low is double min ? graph.Scalar(min, x) : null, graph.Scalar(max, x)]
            : [x, low is double least ? graph.Scalar(least, x) : null]);

    /// <summary>A part of one axis, by int64 constants.</summary>
    public static Value Slice(this GraphBuilder graph, Value x, long axis, long start, long end, long step = 1) => graph.Apply("Slice",
        [x, graph.Constant(TensorData.Vector(start)), graph.Constant(TensorData.Vector(end)), graph.Constant(TensorData.Vector(axis)),
            graph.Constant(TensorData.Vector(step))]);

    /// <summary>
    /// Doubles rounded to the 24 bits of a single by arithmetic of doubles (T. J. Dekker, 1971, section 5), which the float64 evaluator
    /// rounds as well.
    /// </summary>
    public static Value ToSingle(this GraphBuilder graph, Value value)
    {
        Value wide = graph.Scale(value, (1 << 29) + 1.0);
        return graph.Sub(wide, graph.Sub(wide, value));
    }

    /// <summary>An int64 scalar.</summary>
    public static Value Integer(this GraphBuilder graph, long value) => graph.Constant(TensorData.Scalar(value, ElementType.Int64));
}
