using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Short-time Fourier transforms of signals [..,L]: frames of n elements, each times the window and a matrix of cosines or sines. ONNX's
/// STFT is not used: it needs opset 17, takes no short window, and does not normalise.
/// </summary>
static class SpectrogramConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (signal, n, hop, window length, window, normalised, one-sided as 1, 0 or -1 where left out, whether the result is complex)
        new("THSTensor_stft", Forward),
        // (spectrum, n, hop, window length, window, centred, normalised, one-sided, length, whether the result is complex)
        new("THSTensor_istft", Backward),
    ];

    // [..,L] to frames [..,T,n], to [..,K,T] of each part.
    static Value Forward(GraphBuilder graph, NativeCall call)
    {
        long n = call.Integer(1), hop = call.Integer(2) > 0 ? call.Integer(2) : n / 4;
        int rank = call.ResultShape().Count - 1; // [..,K,T] without the axis of the parts
        long bins = call.ResultShape()[rank - 2].Size ?? throw call.Refuse("the number of frequencies must be fixed");
        Value starts = graph.Unsqueeze(graph.Mul(graph.Numbers(call, call.ResultSizes()[rank - 1]), graph.Integer(hop)), 1); // [T,1]
        Value places = graph.Add(starts, graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)n).Select(i => (long)i)]))); // [T,n]
        Value frames = graph.Apply("Gather", [call.Tensor(0), places], new Attributes { ["axis"] = rank - 2 }); // [..,T,n]
        frames = Window(graph, call, n, 4) is Value window ? graph.Mul(frames, window) : frames;
        double factor = call.Flag(5) ? 1 / Math.Sqrt(n) : 1;
        Value real = Times(Math.Cos), imaginary = graph.Unary("Neg", Times(Math.Sin));
        return ComplexConverters.Pair(graph, real, imaginary);

        Value Times(Func<double, double> wave)
        {
            Value product = graph.MatMul(frames, Waves(graph, frames, n, n, bins, (j, k) => factor * wave(2 * Math.PI * (j * k % n) / n)));
            return graph.Transpose(product, [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2]);
        }
    }

    static Value Waves(GraphBuilder graph, Value like, long n, long rows, long columns, Func<long, long, double> element) =>
        graph.Constant(TensorData.FromDoubles(
            [.. Enumerable.Range(0, (int)(rows * columns)).Select(i => element(i / columns, i % columns))], [rows, columns],
                like.Type.Element));

    // A window that is shorter than a frame stands in its middle; null for a window of ones over the whole frame.
    static Value? Window(GraphBuilder graph, NativeCall call, long n, int argument)
    {
        long width = call.Integer(3) > 0 ? call.Integer(3) : n, before = (n - width) / 2;
        Value? window = call.OptionalTensor(argument);
        if (width == n)
        {
            return window;
        }
        window ??= graph.Constant(TensorData.FromDoubles([.. Enumerable.Repeat(1.0, (int)width)], [width], call.Tensor(0).Type.Element));
        return graph.Apply("Pad", [window, graph.Constant(TensorData.Vector(before, n - width - before)), graph.Scalar(0, window)]);
    }

    // Each frame back in time, times the window, added up at its place and divided by the sum of the squared windows there.
    static Value Backward(GraphBuilder graph, NativeCall call)
    {
        long n = call.Integer(1), hop = call.Integer(2) > 0 ? call.Integer(2) : n / 4;
        int rank = call.Shape(0).Count - 1; // [..,K,T]
        long bins = call.Shape(0)[rank - 2].Size ?? throw call.Refuse("the number of frequencies must be fixed");
        if (call.Flag(9) || bins != n / 2 + 1)
        {
            throw call.Refuse("of a spectrum of both sides, or to complex numbers, it has no mapping");
        }
        (Value real, Value imaginary) = ComplexConverters.Parts(graph, call.Tensor(0));
        double factor = (call.Flag(6) ? Math.Sqrt(n) : 1) / n;
        Value frames = graph.Sub(Times(real, Math.Cos), Times(imaginary, Math.Sin)); // [..,T,n]
        Value ones = graph.Constant(TensorData.FromDoubles([.. Enumerable.Repeat(1.0, (int)n)], [n], frames.Type.Element));
        Value window = Window(graph, call, n, 4) ?? ones;
        Value flat =
            graph.Apply("Reshape", [graph.Mul(frames, window), call.Vector(Batch(call, rank), call.Sizes(0)[rank - 1], Fixed(call, n))]);
        Value weights = graph.Mul(graph.Mul(window, window), graph.Apply("ConstantOfShape",
            [call.Vector(Fixed(call, 1), call.Sizes(0)[rank - 1], Fixed(call, 1))],
                new Attributes { ["value"] = TensorData.FromDoubles([1], [1], frames.Type.Element) }));
        Value signal = graph.Div(Added(graph, flat, n, hop), OneForZero(Added(graph, weights, n, hop))); // [B,1,L]
        return graph.Apply("Reshape", [Trimmed(signal), call.Vector(call.ResultSizes())]);

        Value Times(Value part, Func<double, double> wave)
        {
            long[] swapped = [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2];
            Value waves = Waves(graph, part, n, bins, n, (k, j) =>
                factor * (k == 0 || 2 * k == n ? 1 : 2) * wave(2 * Math.PI * (j * k % n) / n));
            return graph.MatMul(graph.Transpose(part, swapped), waves);
        }

        // Where no window reaches, the sum of the windows is 0 and must not divide; the signal is cut off there.
        Value OneForZero(Value x) => graph.Where(graph.Apply("Equal", [x, graph.Scalar(0, x)]), graph.Scalar(1, x), x);

        Value Trimmed(Value x)
        {
            Value start = graph.Constant(TensorData.Vector(call.Flag(5) ? n / 2 : 0));
            return graph.Apply("Slice",
                [x, start, graph.Add(start, call.Vector(call.ResultSizes()[^1])), graph.Constant(TensorData.Vector(2))]);
        }
    }

    static Quantity Fixed(NativeCall call, long size) => call.Sizes(0)[0].Select(_ => size);

    static Quantity Batch(NativeCall call, int rank) =>
        call.Sizes(0).Take(rank - 2).Aggregate(Fixed(call, 1), (a, b) => Quantity.Combine(a, b, (x, y) => x * y));

    // Frames [B,T,n] to [B,1,(T - 1) * hop + n]: a transposed convolution that stamps element j of a frame to place j.
    static Value Added(GraphBuilder graph, Value frames, long n, long hop)
    {
        Value weight = graph.Constant(TensorData.FromDoubles(
            [.. Enumerable.Range(0, (int)(n * n)).Select(i => i / n == i % n ? 1.0 : 0)], [n, 1, n], frames.Type.Element));
        return graph.Apply("ConvTranspose", [graph.Transpose(frames, 0, 2, 1), weight],
            new Attributes { ["kernel_shape"] = (long[])[n], ["strides"] = (long[])[hop] });
    }
}
