using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Pools over the spatial axes of [N,C,...] or [C,...]. Native arguments of a maximum: (input, kernel*, length, strides*, length, padding*,
/// length, dilation*, length, ceil_mode), with indices an allocator behind the input; of a mean: (input, kernel*, length, strides*, length,
/// padding*, length, ceil_mode, count_include_pad, divisor).
/// </summary>
static class PoolingConverters
{
    public static IEnumerable<Converter> All => Enumerable.Range(1, 3).SelectMany(axes => new Converter[]
    {
        new($"THSTensor_max_pool{axes}d", (graph, call) => Max(graph, call, axes, 1)[0]),
        new($"THSTensor_max_pool{axes}d_with_indices", (graph, call) => Max(graph, call, axes, 2)),
        new($"THSTensor_avg_pool{axes}d", (graph, call) => Average(graph, call, axes)),
        new($"THSTensor_adaptive_avg_pool{axes}d", AdaptiveAverage),
        new($"THSTensor_max_unpool{axes}d", Unpool),
    }).Concat(Enumerable.Range(1, 2).SelectMany(axes => new Converter[]
    {
        // TorchSharp 0.107.0 calls the native maximum of one axis for three, which fails.
        new($"THSTensor_adaptive_max_pool{axes}d", AdaptiveMax),
        new($"THSTensor_lp_pool{axes}d", (graph, call) => Power(graph, call, axes)),
    }));

    static Value[] Max(GraphBuilder graph, NativeCall call, int axes, int kernel)
    {
        Attributes attributes = Window(call, axes, kernel);
        attributes["dilations"] = ConvolutionConverters.PerAxis(call.Integers(kernel + 6), axes, 1);
        attributes["ceil_mode"] = call.Flag(kernel + 8) ? 1L : 0L;
        if (kernel == 1)
        {
            return [Batched(graph, call, axes, x => NanGuard.Pool(graph, call, x, image => graph.Apply("MaxPool", [image], attributes)))];
        }
        if (call.Shape(0).Count != axes + 2)
        {
            throw call.Refuse($"with indices its input needs a batch axis, found {call.Shape(0)}");
        }
        Value[] pooled = graph.Apply("MaxPool", [call.Tensor(0)], attributes, 2);
        // ONNX counts over the whole tensor, PyTorch inside each plane.
        Value area = graph.Apply("ReduceProd", [call.Vector([.. call.Sizes(0).Skip(2)])], new Attributes { ["keepdims"] = 1 });
        return NanGuard.Pool(graph, call, call.Tensor(0), area, [pooled[0], graph.Apply("Mod", [pooled[1], area])],
            image => graph.Apply("MaxPool", [image], attributes));
    }

    static Value Average(GraphBuilder graph, NativeCall call, int axes)
    {
        Attributes attributes = Window(call, axes, 1);
        attributes["ceil_mode"] = call.Flag(7) ? 1L : 0L;
        long divisor = axes > 1 ? call.Integer(9) : 0;
        attributes["count_include_pad"] = call.Flag(8) || divisor != 0 ? 1L : 0L;
        if (divisor != 0 && call.Flag(7))
        {
            throw call.Refuse($"'divisor_override' together with 'ceil_mode' has no ONNX form, found {divisor}");
        }
        Value mean = Batched(graph, call, axes, x => graph.Apply("AveragePool", [x], attributes));
        return divisor == 0 ? mean : graph.Scale(mean, attributes.Ints("kernel_shape")!.Aggregate(1.0, (a, b) => a * b) / divisor);
    }

    // (input, p, kernel*, length, strides*, length, ceil_mode): the p-norm of each window, (mean of x^p * cells)^(1/p).
    static Value Power(GraphBuilder graph, NativeCall call, int axes)
    {
        double p = call.Number(1);
        long[] kernel = ConvolutionConverters.PerAxis(call.Integers(2), axes, 1), strides = call.Integers(4);
        if (call.Flag(6))
        {
            throw call.Refuse("'ceil_mode' has no ONNX form here");
        }
        var attributes = new Attributes
        {
            ["kernel_shape"] = kernel,
            ["strides"] = strides.Length == 0 ? kernel : ConvolutionConverters.PerAxis(strides, axes, 1),
        };
        Value mean = Batched(graph, call, axes, x => graph.Apply("AveragePool", [graph.Apply("Pow", [x, graph.Scalar(p, x)])], attributes));
        Value sum = graph.Scale(mean, kernel.Aggregate(1.0, (a, b) => a * b));
        return graph.Apply("Pow", [sum, graph.Scalar(1 / p, sum)]); // NaN of a negative sum, as in PyTorch
    }

    static Value Batched(GraphBuilder graph, NativeCall call, int axes, Func<Value, Value> pool) => call.Shape(0).Count == axes + 2
        ? pool(call.Tensor(0))
        : graph.Squeeze(pool(graph.Unsqueeze(call.Tensor(0), 0)), 0);

    static Attributes Window(NativeCall call, int axes, int kernelAt)
    {
        long[] kernel = ConvolutionConverters.PerAxis(call.Integers(kernelAt), axes, 1);
        long[] strides = call.Integers(kernelAt + 2), padding = ConvolutionConverters.PerAxis(call.Integers(kernelAt + 4), axes, 0);
        return new Attributes
        {
            ["kernel_shape"] = kernel,
            ["strides"] = strides.Length == 0 ? kernel : ConvolutionConverters.PerAxis(strides, axes, 1),
            ["pads"] = (long[])[.. padding, .. padding],
        };
    }

    // Sizes of the windows of an adaptive pool, where all are equal; otherwise null.
    static long[]? EqualWindows(NativeCall call)
    {
        Shape from = new(call.Shape(0).Skip(2)), to = new(call.ResultShape().Skip(2));
        return from.IsFixed && to.IsFixed && from.Sizes.Zip(to.Sizes).All(pair => pair.First % pair.Second == 0)
            ? [.. from.Sizes.Zip(to.Sizes, (size, count) => size / count)]
            : null;
    }

    // Number of pooled axes: the numbers of the result's size, or of the name of the entry; a tensor without a batch has one axis less
    // before them.
    static int Spatial(NativeCall call) => call.Entry[^2] is >= '1' and <= '3' ? call.Entry[^2] - '0' : call.Shape(0).Count - 2;

    static bool IsGlobal(NativeCall call) => call.ResultShape().Skip(2).All(size => size.Size == 1);

    /// <summary>
    /// A mean over all of an axis, over equal windows, or over windows of unequal size: axis by axis a product with a matrix of weights.
    /// </summary>
    public static Value AdaptiveAverage(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0);
        bool isBatched = call.Shape(0).Count == Spatial(call) + 2;
        if (isBatched && IsGlobal(call))
        {
            return graph.Unary("GlobalAveragePool", x);
        }
        if (isBatched && EqualWindows(call) is long[] window)
        {
            return graph.Apply("AveragePool", [x], new Attributes { ["kernel_shape"] = window, ["strides"] = window });
        }
        int rank = call.Shape(0).Count;
        for (int axis = rank - Spatial(call); axis < rank; axis++)
        {
            x = AlongAxis(graph, x, axis, Windows(graph, call, call.Sizes(0)[axis], call.ResultSizes()[axis]));
        }
        return x;
    }

    /// <summary>The product of one axis of <paramref name="x"/> with a matrix [from,to].</summary>
    public static Value AlongAxis(GraphBuilder graph, Value x, int axis, Value matrix)
    {
        int last = x.Shape.Count - 1;
        long[] toLast = [.. Enumerable.Range(0, last + 1).Select(i => (long)i)];
        (toLast[axis], toLast[last]) = (last, axis);
        Value product = graph.MatMul(axis == last ? x : graph.Transpose(x, toLast), matrix);
        return axis == last ? product : graph.Transpose(product, toLast);
    }

    // [from,to]: window i averages its elements.
    static Value Windows(GraphBuilder graph, NativeCall call, Quantity from, Quantity to)
    {
        (Value inside, Value length) = Inside(graph, call, from, to);
        return graph.Div(graph.Cast(inside, call.ResultType()), graph.Cast(length, call.ResultType()));
    }

    // [from,to]: whether window i has an element, floor(i * from / to) .. ceil((i + 1) * from / to) - 1, and the windows' lengths [to].
    static (Value Inside, Value Length) Inside(GraphBuilder graph, NativeCall call, Quantity from, Quantity to)
    {
        Value count = call.Vector(to), size = call.Vector(from), one = graph.Constant(TensorData.Vector(1));
        Value windows = graph.Numbers(call, to), elements = graph.Unsqueeze(graph.Numbers(call, from), 1); // [to], [from,1]
        Value start = graph.Div(graph.Mul(windows, size), count);
        Value end = graph.Div(graph.Sub(graph.Add(graph.Mul(graph.Add(windows, one), size), count), one), count);
        Value inside = graph.Apply("And", [graph.Apply("GreaterOrEqual", [elements, start]), graph.Apply("Less", [elements, end])]);
        return (inside, graph.Sub(end, start));
    }

    // (input, sizes*, length, out indices): maxima and their places in each plane.
    static Value?[] AdaptiveMax(GraphBuilder graph, NativeCall call)
    {
        if (call.Shape(0).Count != Spatial(call) + 2)
        {
            NativeCall batched = call.WithFirst(graph.Unsqueeze(call.Tensor(0), 0));
            return [.. AdaptiveMaxOf(graph, batched, batched.Tensor(0), 1).Select(value => value is null ? null : graph.Squeeze(value, 0))];
        }
        return AdaptiveMaxOf(graph, call, call.Tensor(0), 0);
    }

    // The call's sizes begin `added` axes behind those of x.
    static Value?[] AdaptiveMaxOf(GraphBuilder graph, NativeCall call, Value x, int added)
    {
        if (call.ResultShape().Skip(2 - added).All(size => size.Size == 1))
        {
            Value index = NanGuard.Place(graph, call, graph.Reshape(x, 0, 0, -1), 2, keep: true, largest: true, isLastNaN: true);
            return [NanGuard.Pool(graph, call, x, values => graph.Unary("GlobalMaxPool", values)), x.Shape.Count == 3 ? index
                : graph.Unsqueeze(index, [.. Enumerable.Range(3, x.Shape.Count - 3).Select(axis => (long)axis)])];
        }
        if (added == 0 && EqualWindows(call) is long[] window)
        {
            var attributes = new Attributes { ["kernel_shape"] = window, ["strides"] = window };
            return [NanGuard.Pool(graph, call, x, values => graph.Apply("MaxPool", [values], attributes)), null];
        }
        return [NanGuard.Pool(graph, call, x, values => UnequalMax(graph, call, values, added)), null];
    }

    static Value UnequalMax(GraphBuilder graph, NativeCall call, Value x, int added)
    {
        for (int axis = 2; axis < x.Shape.Count; axis++)
        {
            if (call.Shape(0)[axis - added].Size is not long from || call.ResultShape()[axis - added].Size is not long to)
            {
                x = MaskedMax(graph, call, x, axis, axis - added);
                continue;
            }
            x = graph.Apply("Concat", [.. Enumerable.Range(0, (int)to)
                .Select(i =>
                graph.Reduce("ReduceMax", graph.Slice(x, axis, i * from / to, ((i + 1) * from + to - 1) / to), [axis], keep: true))],
                new Attributes { ["axis"] = axis });
        }
        return x;
    }

    // Of a free size: every window sees the whole axis, with everything outside of it as the lowest number: [..,to,from].
    static Value MaskedMax(GraphBuilder graph, NativeCall call, Value x, int axis, int sizeAxis)
    {
        long[] behind = [.. Enumerable.Range(1, x.Shape.Count - 1 - axis).Select(i => (long)i)];
        (Value inside, _) = Inside(graph, call, call.Sizes(0)[sizeAxis], call.ResultSizes()[sizeAxis]);
        Value seen = graph.Transpose(inside, 1, 0); // [to,from]
        seen = behind.Length == 0 ? seen : graph.Unsqueeze(seen, [.. behind.Select(i => i + 1)]);
        Value kept = graph.Where(seen, graph.Unsqueeze(x, axis), graph.Scalar(double.NegativeInfinity, x));
        return graph.Reduce("ReduceMax", kept, [axis + 1]);
    }

    // (input, indices, kernel*, ...): each element goes to its place in a plane of zeros.
    static Value Unpool(GraphBuilder graph, NativeCall call)
    {
        if (call.ResultShape().Count != call.Shape(0).Count || call.Shape(0).Count < 3)
        {
            throw call.Refuse($"its input needs a batch axis, found {call.Shape(0)}");
        }
        Value zeros = graph.Apply("ConstantOfShape", [call.Vector(call.ResultSizes())],
            new Attributes { ["value"] = TensorData.FromDoubles([0], [1], call.ResultType()) });
        Value planes =
            graph.Apply("ScatterElements", [graph.Reshape(zeros, 0, 0, -1), graph.Reshape(call.Tensor(1), 0, 0, -1),
            graph.Reshape(call.Tensor(0), 0, 0, -1)], new Attributes { ["axis"] = 2 });
        return graph.Apply("Reshape", [planes, call.Vector(call.ResultSizes())]);
    }
}
