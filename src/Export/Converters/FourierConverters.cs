using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Discrete Fourier transforms as products with matrices of cosines and sines, which every opset and runtime has: y_k = s * sum of
/// x_j e^(-+ 2 pi i j k / n). Native arguments: (input, n, axis, norm), (input, sizes*, axes*, norm) of two axes, (input, sizes*, length,
/// axes*, length, norm).
/// </summary>
static class FourierConverters
{
    // FFTNormType: where the factor 1 / n stands.
    const long Backward = 0, Forward = 1;

    public static IEnumerable<Converter> All => ((string[])["fft", "ifft", "rfft", "irfft"]).SelectMany(name => new Converter[]
    {
        new($"THSTensor_{name}", (graph, call) => Transform(graph, call, name, [call.Quantity(1)], [call.Integer(2)], call.Integer(3))),
        new($"THSTensor_{name}2", (graph, call) => Several(graph, call, name, call.Integers(2), call.Integer(3), call.Quantities(1))),
        new($"THSTensor_{name}n", (graph, call) => Several(graph, call, name, call.Integers(3), call.Integer(5), call.Quantities(1))),
    });

    static Value Several(GraphBuilder graph, NativeCall call, string name, long[] axes, long norm, Quantity[] sizes)
    {
        int rank = call.Shape(0).Count - (call.IsComplex(0) ? 1 : 0), given = sizes.Length;
        axes = axes.Length > 0 ? axes : [.. Enumerable.Range(0, rank).Select(axis => (long)axis).TakeLast(given > 0 ? given : rank)];
        return Transform(graph, call, name, given > 0 ? sizes : [.. axes.Select(_ => new Quantity(-1))], axes, norm);
    }

    // The transform of reals begins with the last axis, the one to reals ends with it; the others are complex.
    static Value Transform(GraphBuilder graph, NativeCall call, string name, Quantity[] sizes, long[] axes, long norm)
    {
        bool isInverse = name[0] == 'i', toReal = name == "irfft";
        int rank = call.Shape(0).Count - (call.IsComplex(0) ? 1 : 0);
        (Value? real, Value? imaginary) = call.IsComplex(0) ? ComplexConverters.Parts(graph, call.Tensor(0))
            : (graph.Cast(call.Tensor(0), call.ResultType()), (Value?)null);
        for (int step = 0; step < axes.Length; step++)
        {
            int i = toReal ? step : axes.Length - 1 - step;
            int axis = (int)(axes[i] < 0 ? axes[i] + rank : axes[i]);
            bool isLast = i == axes.Length - 1;
            Quantity from = call.Sizes(0)[axis], to = call.ResultSizes()[axis];
            Quantity length = name == "rfft" && isLast ? (sizes[i].Values[0] < 0 ? from : sizes[i]) : to;
            Quantity used = toReal && isLast ? length.Select(n => n / 2 + 1) : length;
            bool isHalf = toReal && isLast;
            var form = new Step(axis, rank, length, used, isHalf ? length : to, isInverse, isHalf, Factor(isInverse, norm));
            (real, imaginary) = Along(graph, call, form, Fitted(graph, call, real, axis, from, used),
                imaginary is null ? null : Fitted(graph, call, imaginary, axis, from, used));
        }
        return toReal ? real : ComplexConverters.Pair(graph, real, imaginary!);
    }

    /// <param name="Axis">The axis.</param>
    /// <param name="Rank">Number of axes of each part.</param>
    /// <param name="Length">n.</param>
    /// <param name="From">Number of elements that it takes.</param>
    /// <param name="To">Number of elements that it makes.</param>
    /// <param name="IsInverse">Whether the exponent is positive.</param>
    /// <param name="IsToReal">Whether it takes one half of a spectrum whose other half mirrors it, and makes reals.</param>
    /// <param name="Power">The factor is n to this power.</param>
    sealed record Step(int Axis, int Rank, Quantity Length, Quantity From, Quantity To, bool IsInverse, bool IsToReal, double Power);

    static double Factor(bool isInverse, long norm) => norm switch
    {
        Backward => isInverse ? -1 : 0,
        Forward => isInverse ? 0 : -1,
        _ => -0.5,
    };

    // As long as the transform takes: cut, or followed by zeros.
    static Value Fitted(GraphBuilder graph, NativeCall call, Value x, int axis, Quantity from, Quantity to)
    {
        if (from.Equals(to))
        {
            return x;
        }
        Value along = graph.Constant(TensorData.Vector(axis)), none = graph.Constant(TensorData.Vector(0)), length = call.Vector(to);
        Value cut = graph.Apply("Slice", [x, none, length, along]);
        Value missing = graph.Apply("Max", [graph.Sub(length, call.Vector(from)), none]);
        Value before = graph.Constant(TensorData.Vector(new long[x.Shape.Count + axis]));
        Value after = graph.Constant(TensorData.Vector(new long[x.Shape.Count - 1 - axis]));
        Value pads = graph.Apply("Concat", after.Shape.Sizes[0] == 0 ? [before, missing] : [before, missing, after],
            new Attributes { ["axis"] = 0 });
        return graph.Apply("Pad", [cut, pads, graph.Scalar(0, x)]);
    }

    static (Value Real, Value? Imaginary) Along(GraphBuilder graph, NativeCall call, Step step, Value real, Value? imaginary)
    {
        (Value cosines, Value sines) = Matrices(graph, call, step, real.Type.Element);
        Value realCosine = Times(real, cosines), realSine = step.IsToReal ? realCosine : Times(real, sines);
        if (step.IsToReal)
        {
            return (imaginary is null ? realCosine : graph.Sub(realCosine, Times(imaginary, sines)), null);
        }
        // e^(-ia) = cos a - i sin a
        Value cross = step.IsInverse ? realSine : graph.Unary("Neg", realSine);
        if (imaginary is null)
        {
            return (realCosine, cross);
        }
        Value imaginarySine = Times(imaginary, sines);
        return (step.IsInverse ? graph.Sub(realCosine, imaginarySine) : graph.Add(realCosine, imaginarySine),
            graph.Add(Times(imaginary, cosines), cross));

        Value Times(Value x, Value matrix)
        {
            long[] toLast = [.. Enumerable.Range(0, step.Rank).Select(axis => (long)axis)];
            (toLast[step.Axis], toLast[step.Rank - 1]) = (step.Rank - 1, step.Axis);
            bool isLast = step.Axis == step.Rank - 1;
            Value product = graph.MatMul(isLast ? x : graph.Transpose(x, toLast), matrix);
            return isLast ? product : graph.Transpose(product, toLast);
        }
    }

    // [from,to]: factor * weight * cos and sin of 2 pi (j k mod n) / n; of a half spectrum all but its first and middle element count
    // twice.
    static (Value Cosines, Value Sines) Matrices(GraphBuilder graph, NativeCall call, Step step, ElementType type)
    {
        if (step.Length.Constant is long n && step.From.Constant is long from && step.To.Constant is long to)
        {
            double factor = Math.Pow(n, step.Power);
            return (Matrix(Math.Cos), Matrix(Math.Sin));

            Value Matrix(Func<double, double> wave) => graph.Constant(TensorData.FromDoubles(
                [.. Enumerable.Range(0, (int)(from * to))
                    .Select(i => factor * Weight(i / to) * wave(2 * Math.PI * (i / to * (i % to) % n) / n))],
                [from, to], type));

            double Weight(long k) => !step.IsToReal || k == 0 || 2 * k == n ? 1 : 2;
        }
        Value length = call.Vector(step.Length), rows = graph.Unsqueeze(graph.Numbers(call, step.From), 1),
            columns = graph.Numbers(call, step.To);
        Value turns = graph.Apply("Mod", [graph.Mul(rows, columns), length]), wide = graph.Cast(length, ElementType.Float64);
        Value angles = graph.Div(graph.Scale(graph.Cast(turns, ElementType.Float64), 2 * Math.PI), wide);
        Value scale = graph.Apply("Pow", [wide, graph.Scalar(step.Power, wide)]);
        if (step.IsToReal)
        {
            Value twice = graph.Mul(rows, graph.Integer(2));
            Value isOnce = graph.Apply("Or", [graph.Apply("Equal", [rows, graph.Integer(0)]), graph.Apply("Equal", [twice, length])]);
            scale = graph.Mul(scale, graph.Where(isOnce, graph.Scalar(1, wide), graph.Scalar(2, wide)));
        }
        return (graph.Cast(graph.Mul(graph.Unary("Cos", angles), scale), type),
            graph.Cast(graph.Mul(graph.Unary("Sin", angles), scale), type));
    }
}
