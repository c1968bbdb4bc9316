using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

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

    /// <summary>A scalar argument as a scalar of <paramref name="type"/>; one that follows a size is computed in the graph.</summary>
    public static Value Number(this GraphBuilder graph, NativeCall call, int argument, ElementType type) => call.IsFixed(argument)
        ? graph.Constant(TensorData.Scalar(call.Real(argument), type))
        : !call.IsWhole(argument) && call.FloatOfSize(graph, argument) is Value number ? graph.Cast(number, type)
        : graph.Cast(graph.Squeeze(call.Vector(call.Quantity(argument)), 0), type);

    /// <summary><paramref name="x"/> times a scalar argument of its own type, which may follow a size.</summary>
    public static Value ScaledBy(this GraphBuilder graph, NativeCall call, Value x, int argument) => call.IsFixed(argument)
        ? graph.Scale(x, call.Scalar(argument)) : graph.Mul(x, graph.Number(call, argument, x.Type.Element));

    /// <summary>0, 1, .., <paramref name="count"/> - 1 as int64.</summary>
    public static Value Numbers(this GraphBuilder graph, NativeCall call, Quantity count) => count.Constant is long fixedCount
        ? graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)fixedCount).Select(i => (long)i)]))
        : graph.Apply("Range", [graph.Integer(0), graph.Squeeze(call.Vector(count), 0), graph.Integer(1)]);

    /// <summary>A whole-number argument, which may follow a size, as an int64 scalar.</summary>
    public static Value Integer(this GraphBuilder graph, NativeCall call, int argument) => call.IsFixed(argument)
        ? graph.Integer(call.Integer(argument)) : graph.Squeeze(call.Vector(call.Quantity(argument)), 0);
}
