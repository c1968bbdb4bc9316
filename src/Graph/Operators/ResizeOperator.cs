namespace Toolchain.Graph.Operators;

/// <summary>
/// Resize of any axes by sizes or scales: each output position has a position in the input, x, by 'coordinate_transformation_mode'; the
/// result is the nearest element, or a mean of the 2 (linear) or 4 (cubic) elements around x along every resized axis.
/// </summary>
static class ResizeOperator
{
    public static IEnumerable<Operator> All => [new("Resize", 13, Infer, scope => [Resize(scope)])];

    static TensorType[] Infer(TypeScope scope)
    {
        Shape from = scope[0].Shape;
        long[]? sizes = scope.Constant(3)?.ToInt64s();
        double[]? scales = scope.Constant(2)?.ToDoubles();
        if (scope.Attributes.Has("axes") || (sizes is null && (scales is null || scales.Length != from.Count)))
        {
            return [new(scope[0].Element, new Shape(from.Select(_ => Dim.Unknown)))];
        }
        return [new(scope[0].Element, new Shape(from.Select((dim, axis) => sizes is not null ? sizes[axis] : scales![axis] == 1 ? dim
            : dim.Size is long size ? (long)Math.Floor(size * scales[axis]) : Dim.Unknown)))];
    }

    static NdArray Resize(ValueScope scope)
    {
        NdArray x = scope[0];
        if (scope.Attributes.Has("axes") || scope.Attributes.Int("antialias", 0) != 0
            || scope.Attributes.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
        {
            throw new GraphException("'axes', 'antialias' and 'keep_aspect_ratio_policy' are not supported.");
        }
        double[]? scales = scope.Optional(2) is { Data.Length: > 0 } given ? given.Data : null;
        int[] dims = scope.Optional(3) is { Data.Length: > 0 } sizes ? [.. sizes.Data.Select(size => (int)size)]
            : scales is not null ? [.. x.Dims.Select((size, axis) => (int)Math.Floor(size * scales[axis]))]
            : throw new GraphException("'sizes' or 'scales' must be given.");
        NdArray result = x;
        for (int axis = 0; axis < dims.Length; axis++)
        {
            double scale = scales?[axis] ?? (double)dims[axis] / x.Dims[axis];
            result = dims[axis] == x.Dims[axis] && scale == 1 ? result : Resize(result, axis, dims[axis], scale, scope.Attributes);
        }
        return result;
    }

    static NdArray Resize(NdArray x, int axis, int size, double scale, Attributes attributes)
    {
        int length = x.Dims[axis], inner = NdArray.Product(x.Dims.AsSpan(axis + 1)), outer = NdArray.Product(x.Dims.AsSpan(0, axis));
        int[] dims = [.. x.Dims];
        dims[axis] = size;
        var result = new NdArray(dims, x.Type);
        for (int to = 0; to < size; to++)
        {
            (int Source, double Weight)[] taps = Taps(Position(to, size, length, scale, attributes), length, attributes);
            for (int row = 0; row < outer; row++)
            {
                for (int i = 0; i < inner; i++)
                {
                    result.Data[(row * size + to) * inner + i] =
                        taps.Sum(tap => tap.Weight * x.Data[(row * length + tap.Source) * inner + i]);
                }
            }
        }
        return result;
    }

    static double Position(int to, int size, int length, double scale, Attributes attributes) =>
        attributes.Text("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" => (to + 0.5) / scale - 0.5,
            "pytorch_half_pixel" => size > 1 ? (to + 0.5) / scale - 0.5 : 0,
            "align_corners" => size > 1 ? to * (double)(length - 1) / (size - 1) : 0,
            "asymmetric" => to / scale,
            string mode => throw new GraphException("'coordinate_transformation_mode' must be half_pixel, pytorch_half_pixel, "
                + $"align_corners or asymmetric, found {mode}."),
        };

    static (int Source, double Weight)[] Taps(double position, int length, Attributes attributes)
    {
        int below = (int)Math.Floor(position);
        double fraction = position - below;
        switch (attributes.Text("mode", "nearest"))
        {
            case "nearest":
                return [(Math.Clamp(Nearest(position, attributes), 0, length - 1), 1)];
            case "linear":
                return Clamped([(below, 1 - fraction), (below + 1, fraction)]);
            case string mode when mode != "cubic":
                throw new GraphException($"'mode' must be nearest, linear or cubic, found {mode}.");
            default:
                double a = attributes.Float("cubic_coeff_a", -0.75f);
                (int, double)[] taps = [(below - 1, CubicKernel.Far(fraction + 1, a)), (below, CubicKernel.Near(fraction, a)),
                    (below + 1, CubicKernel.Near(1 - fraction, a)), (below + 2, CubicKernel.Far(2 - fraction, a))];
                if (attributes.Int("exclude_outside", 0) == 0)
                {
                    return Clamped(taps);
                }
                taps = [.. taps.Where(tap => tap.Item1 >= 0 && tap.Item1 < length)];
                double total = taps.Sum(tap => tap.Item2);
                return [.. taps.Select(tap => (tap.Item1, tap.Item2 / total))];
        }

        (int, double)[] Clamped((int, double)[] taps) => [.. taps.Select(tap => (Math.Clamp(tap.Item1, 0, length - 1), tap.Item2))];
    }

    static int Nearest(double position, Attributes attributes) => attributes.Text("nearest_mode", "round_prefer_floor") switch
    {
        "round_prefer_floor" => (int)Math.Ceiling(position - 0.5),
        "round_prefer_ceil" => (int)Math.Floor(position + 0.5),
        "floor" => (int)Math.Floor(position),
        "ceil" => (int)Math.Ceiling(position),
        string mode =>
            throw new GraphException($"'nearest_mode' must be round_prefer_floor, round_prefer_ceil, floor or ceil, found {mode}."),
    };
}
