using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Largest and smallest elements as PyTorch has them where NaN is among the elements: runtimes drop it or sort it elsewhere. The guards
/// cost some nodes each. They are left out where the graph shows that no NaN can come, and without <see cref="OnnxExportOptions.KeepNaN"/>.
/// </summary>
static class NanGuard
{
    /// <summary>ReduceMax or ReduceMin, NaN wherever one is among the elements.</summary>
    public static Value Reduce(GraphBuilder graph, NativeCall call, string op, Value x, long[] axes, bool keep = false) =>
        Any(graph, call, x, axes, keep, graph.Reduce(op, x, axes, keep));

    /// <summary><paramref name="plain"/>, NaN wherever one is among the elements of <paramref name="x"/> along axes.</summary>
    public static Value Any(GraphBuilder graph, NativeCall call, Value x, long[] axes, bool keep, Value plain) =>
        call.MustKeepNaN(graph, x) ? Lost(graph, HasAny(graph, graph.Unary("IsNaN", x), axes, keep), plain) : plain;

    /// <summary>The place of the largest or smallest element; of the first NaN where there is one, or of the last.</summary>
    public static Value Place(
        GraphBuilder graph, NativeCall call, Value x, int axis, bool keep, bool largest, bool isLastNaN = false)
    {
        Value plain = largest ? graph.ArgMax(x, axis, keep) : graph.ArgMin(x, axis, keep);
        if (!call.MustKeepNaN(graph, x))
        {
            return plain;
        }
        Value isNan = graph.Cast(graph.Unary("IsNaN", x), ElementType.Int32);
        Value any = graph.Cast(graph.Reduce("ReduceMax", isNan, [axis], keep), ElementType.Bool);
        Value place = graph.Apply("ArgMax", [isNan],
            new Attributes { ["axis"] = axis, ["keepdims"] = keep ? 1 : 0, ["select_last_index"] = isLastNaN ? 1 : 0 });
        return graph.Where(any, place, plain);
    }

    /// <summary>
    /// TopK with NaN above all numbers. Infinity gives way to it as the largest finite number, of which it is not told apart in such rows.
    /// </summary>
    public static Value[] TopK(GraphBuilder graph, NativeCall call, Value x, Value count, long axis, bool largest)
    {
        if (!call.MustKeepNaN(graph, x))
        {
            return OrderingConverters.TopK(graph, x, count, axis, largest);
        }
        Value finite = graph.Apply("Min", [x, graph.Scalar(LargestFinite(x.Type.Element), x)]);
        Value order = graph.Where(graph.Unary("IsNaN", x), graph.Scalar(double.PositiveInfinity, x), finite);
        Value places = OrderingConverters.TopK(graph, order, count, axis, largest)[1];
        return [graph.Apply("GatherElements", [x, places], new Attributes { ["axis"] = axis }), places];
    }

    /// <summary>A maximum over windows, NaN wherever a window has one.</summary>
    public static Value Pool(GraphBuilder graph, NativeCall call, Value x, Func<Value, Value> pool)
    {
        Value plain = pool(x);
        if (!call.MustKeepNaN(graph, x))
        {
            return plain;
        }
        Value any = pool(graph.Cast(graph.Unary("IsNaN", x), x.Type.Element));
        return Lost(graph, graph.Apply("Greater", [any, graph.Scalar(0, any)]), plain);
    }

    /// <summary>
    /// A maximum over windows of [N,C,..] with the places of the elements in their planes; of the last NaN where a window has one.
    /// </summary>
    public static Value[] Pool(
        GraphBuilder graph, NativeCall call, Value x, Value area, Value[] plain, Func<Value, Value> pool)
    {
        if (!call.MustKeepNaN(graph, x))
        {
            return plain;
        }
        // Places count from 1, so that 0 is none; singles hold those of planes of 16 million elements.
        Value sizes = graph.Slice(graph.Apply("Shape", [x]), 0, 2, long.MaxValue), zero = graph.Integer(0), one = graph.Integer(1);
        Value numbers = graph.Apply("Range", [one, graph.Add(graph.Squeeze(area, 0), one), one]);
        Value plane = graph.Cast(graph.Apply("Reshape", [numbers, sizes]), ElementType.Float32);
        Value places = graph.Where(graph.Unary("IsNaN", x), plane, graph.Scalar(0, plane));
        Value last = graph.Cast(pool(places), ElementType.Int64);
        Value isLost = graph.Apply("Greater", [last, zero]);
        return [Lost(graph, isLost, plain[0]), graph.Where(isLost, graph.Sub(last, one), plain[1])];
    }

    /// <summary>Whether any of truth values along axes is true.</summary>
    public static Value HasAny(GraphBuilder graph, Value condition, long[] axes, bool keep) =>
        graph.Cast(graph.Reduce("ReduceMax", graph.Cast(condition, ElementType.Int32), axes, keep), ElementType.Bool);

    /// <summary>NaN where a condition holds, elsewhere <paramref name="plain"/>.</summary>
    public static Value Lost(GraphBuilder graph, Value isLost, Value plain) =>
        graph.Where(isLost, graph.Scalar(double.NaN, plain), plain);

    /// <summary>The largest finite number of a type of floating-point numbers.</summary>
    public static double LargestFinite(ElementType type) => type switch
    {
        ElementType.Float64 => double.MaxValue,
        ElementType.Float16 => (double)Half.MaxValue,
        ElementType.BFloat16 => BitConverter.Int32BitsToSingle(0x7f7f0000),
        _ => float.MaxValue,
    };
}
