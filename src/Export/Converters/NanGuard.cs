using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>
/// Largest and smallest elements as PyTorch has them where NaN is among the elements: runtimes drop it or sort it elsewhere. The guards
/// cost some nodes each, and are there only with <see cref="OnnxExportOptions.KeepNaN"/>.
/// </summary>
static class NanGuard
{
    /// <summary>ReduceMax or ReduceMin, NaN wherever one is among the elements.</summary>
    public static Value Reduce(GraphBuilder graph, NativeCall call, string op, Value x, long[] axes, bool keep = false)
    {
        Value plain = graph.Reduce(op, x, axes, keep);
        if (!call.MustKeepNaN(x))
        {
            return plain;
        }
        Value any = graph.Reduce("ReduceMax", graph.Cast(graph.Unary("IsNaN", x), ElementType.Int32), axes, keep);
        return graph.Where(graph.Cast(any, ElementType.Bool), graph.Scalar(double.NaN, x), plain);
    }

    /// <summary>The place of the largest or smallest element, of the first NaN where there is one.</summary>
    public static Value Place(GraphBuilder graph, NativeCall call, Value x, int axis, bool keep, bool largest)
    {
        if (!call.MustKeepNaN(x))
        {
            return largest ? graph.ArgMax(x, axis, keep) : graph.ArgMin(x, axis, keep);
        }
        // NaN as 2, and the extreme number as 1.
        Value isNan = graph.Unary("IsNaN", x),
            best = graph.Reduce(largest ? "ReduceMax" : "ReduceMin", Numbers(graph, x, isNan, largest), [axis], keep: true);
        Value rank = graph.Where(isNan, graph.Scalar(2, x), graph.Cast(graph.Apply("Equal", [x, best]), x.Type.Element));
        return graph.ArgMax(rank, axis, keep);
    }

    static Value Numbers(GraphBuilder graph, Value x, Value isNan, bool largest) =>
        graph.Where(isNan, graph.Scalar(largest ? double.NegativeInfinity : double.PositiveInfinity, x), x);

    /// <summary>TopK with NaN above all numbers; among infinities it stands by its place.</summary>
    public static Value[] TopK(GraphBuilder graph, NativeCall call, Value x, Value count, long axis, bool largest)
    {
        if (!call.MustKeepNaN(x))
        {
            return OrderingConverters.TopK(graph, x, count, axis, largest);
        }
        Value places = OrderingConverters.TopK(graph, Numbers(graph, x, graph.Unary("IsNaN", x), largest: false), count, axis, largest)[1];
        return [graph.Apply("GatherElements", [x, places], new Attributes { ["axis"] = axis }), places];
    }

    /// <summary>A maximum over windows, NaN wherever a window has one.</summary>
    public static Value Pool(GraphBuilder graph, NativeCall call, Value x, Func<Value, Value> pool)
    {
        if (!call.MustKeepNaN(x))
        {
            return pool(x);
        }
        Value isNan = graph.Unary("IsNaN", x), any = pool(graph.Cast(isNan, x.Type.Element));
        Value isLost = graph.Apply("Greater", [any, graph.Scalar(0, any)]);
        return graph.Where(isLost, graph.Scalar(double.NaN, x), pool(Numbers(graph, x, isNan, largest: true)));
    }
}
