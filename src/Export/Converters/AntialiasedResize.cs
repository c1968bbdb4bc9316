using System.Runtime.InteropServices;
using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Bilinear and bicubic resizing with 'antialias': along each axis the product with a matrix of weights, which every opset can express;
/// Resize has 'antialias' only from opset 18 on.
/// </summary>
static class AntialiasedResize
{
    // PyTorch's coefficient of the cubic where it antialiases, that of Pillow.
    const double Cubic = -0.5;

    // (input [N,C,H,W], size*, length, scale*, length, mode, align_corners, recompute_scale_factor, antialias)
    public static Value Convert(GraphBuilder graph, NativeCall call, bool isCubic, bool corners)
    {
        double[] factors = ResizeConverters.IsByScale(call) && !corners
            ? MemoryMarshal.Cast<long, double>(call.Integers(3)).ToArray() : [];
        if (call.ResultSizes()[^1].Constant == 1 && call.ResultSizes()[^2].Constant != 1)
        {
            throw call.Refuse($"to a width of 1, as in {call.ResultShape()}, PyTorch 2.10 repeats the first row; resize without antialias");
        }
        Value x = call.Tensor(0);
        for (int axis = 2; axis < call.Shape(0).Count; axis++)
        {
            (Quantity from, Quantity to) = (call.Sizes(0)[axis], call.ResultSizes()[axis]);
            Value scale = factors.Length > 0 ? graph.Constant(TensorData.FromDoubles([1 / factors[axis - 2]], [1], ElementType.Float64))
                : Scale(graph, call, from, to, corners);
            x = PoolingConverters.AlongAxis(graph, x, axis,
                graph.Cast(Weights(graph, call, from, to, scale, isCubic), call.ResultType()));
        }
        return x;
    }

    // Elements of the input for one of the result.
    static Value Scale(GraphBuilder graph, NativeCall call, Quantity from, Quantity to, bool corners)
    {
        Value length = graph.Cast(call.Vector(from), ElementType.Float64), count = graph.Cast(call.Vector(to), ElementType.Float64);
        // With aligned corners a single element has the scale 0.
        return !corners ? graph.Div(length, count)
            : graph.Where(graph.Apply("Greater", [count, graph.Scalar(1, count)]),
                graph.Div(graph.Shift(length, -1), graph.Clip(graph.Shift(count, -1), 1, null)), graph.Scalar(0, count));
    }

    // [from,to]: element j counts for i by its distance from the centre scale * (i + 1/2), in units of the wider of the two grids.
    static Value Weights(GraphBuilder graph, NativeCall call, Quantity from, Quantity to, Value scale, bool isCubic)
    {
        Value Middles(Quantity count) => graph.Shift(graph.Cast(graph.Numbers(call, count), ElementType.Float64), 0.5);

        Value distance = graph.Unary("Abs", graph.Sub(graph.Unsqueeze(Middles(from), 1), graph.Mul(Middles(to), scale)));
        Value t = graph.Div(distance, graph.Clip(scale, 1, null));
        Value weights = isCubic ? Keys(graph, t) : graph.Clip(graph.Shift(graph.Unary("Neg", t), 1), 0, null);
        return graph.Div(weights, graph.Reduce("ReduceSum", weights, [0], keep: true));
    }

    // The cubic of R. Keys (1981), equation 4, which is 0 from 2 on.
    static Value Keys(GraphBuilder graph, Value t)
    {
        Value far = graph.Apply("Min", [t, graph.Scalar(2, t)]);
        Value near = Polynomial(graph, t, Cubic + 2, -(Cubic + 3), 0, 1);
        Value tail = Polynomial(graph, far, Cubic, -5 * Cubic, 8 * Cubic, -4 * Cubic);
        return graph.Where(graph.Apply("Less", [t, graph.Scalar(1, t)]), near, tail);
    }

    static Value Polynomial(GraphBuilder graph, Value t, params double[] coefficients) =>
        coefficients.Skip(1).Aggregate(graph.Scalar(coefficients[0], t),
            (sum, coefficient) => graph.Shift(graph.Mul(sum, t), coefficient));
}
