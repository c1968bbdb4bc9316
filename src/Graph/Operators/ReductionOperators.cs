namespace Toolchain.Graph.Operators;

/// <summary>Reductions over axes: an attribute below opset 18 (13 for ReduceSum), an input from there on; no axes mean all.</summary>
static class ReductionOperators
{
    public static IEnumerable<Operator> All =>
    [
        Reduce("ReduceSum", values => values.Sum()), Reduce("ReduceMean", values => values.Sum() / values.Length),
        Reduce("ReduceMax", values => values.Max()), Reduce("ReduceMin", values => values.Min()),
        Reduce("ReduceProd", values => values.Aggregate(1.0, (a, b) => a * b)),
        Reduce("ReduceL1", values => values.Sum(Math.Abs)), Reduce("ReduceL2", values => Math.Sqrt(values.Sum(x => x * x))),
        Reduce("ReduceSumSquare", values => values.Sum(x => x * x)), Reduce("ReduceLogSumExp", LogSumExp),
        Arg("ArgMax", (a, b) => a > b), Arg("ArgMin", (a, b) => a < b),
    ];

    /// <summary>log of the sum of exponentials, shifted by the largest so that nothing overflows.</summary>
    public static double LogSumExp(double[] values)
    {
        double largest = values.DefaultIfEmpty(double.NegativeInfinity).Max();
        return double.IsInfinity(largest) ? largest : largest + Math.Log(values.Sum(value => Math.Exp(value - largest)));
    }

    static Operator Reduce(string name, Func<double[], double> reduce) => new(name, 13,
        scope =>
            [new(scope[0].Element, IsComputed(scope) ? new Shape(scope[0].Shape.Select(_ => Dim.Unknown))
                : Keep(scope[0].Shape, Axes(scope.Axes(1), scope[0].Shape, scope.Attributes), scope.Attributes.Int("keepdims", 1) != 0))],
        scope =>
            [Reduce(scope[0], Axes(scope.Axes(1), scope[0].Shape, scope.Attributes),
            scope.Attributes.Int("keepdims", 1) != 0, reduce)]);

    static Operator Arg(string name, Func<double, double, bool> better) => new(name, 13,
        scope =>
            [new(ElementType.Int64, Keep(scope[0].Shape, [scope[0].Shape.Axis(scope.Attributes.Int("axis", 0))],
            scope.Attributes.Int("keepdims", 1) != 0))],
        scope =>
        {
            NdArray found = Reduce(scope[0], [scope[0].Axis(scope.Attributes.Int("axis", 0))], scope.Attributes.Int("keepdims", 1) != 0,
                values => Best(values, better, scope.Attributes.Int("select_last_index", 0) != 0));
            return [new NdArray(found.Data, found.Dims, ElementType.Int64)];
        });

    // The first of equals wins, or the last.
    static double Best(double[] values, Func<double, double, bool> better, bool last)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (better(values[i], values[best]) || (last && values[i] == values[best]))
            {
                best = i;
            }
        }
        return best;
    }

    // Axes that the graph computes: the rank is known where they are kept.
    static bool IsComputed(TypeScope scope) => scope.Optional(1) is not null && scope.Constant(1) is null
        && scope.Attributes.Int("keepdims", 1) != 0;

    static int[] Axes(long[]? axes, Shape shape, Attributes attributes) =>
        (axes is null || axes.Length == 0) && attributes.Int("noop_with_empty_axes", 0) == 0
        ? [.. Enumerable.Range(0, shape.Count)]
        : [.. (axes ?? []).Select(shape.Axis).Order()];

    static Shape Keep(Shape shape, int[] axes, bool keep) =>
        new(shape.Select((dim, axis) => (dim, axis)).Where(pair => keep || !axes.Contains(pair.axis))
        .Select(pair => axes.Contains(pair.axis) ? (Dim)1 : pair.dim));

    static NdArray Reduce(NdArray x, int[] axes, bool keep, Func<double[], double> reduce)
    {
        int[] strides = NdArray.Strides(x.Dims);
        int[] kept = [.. Enumerable.Range(0, x.Rank).Except(axes)];
        int[] outer = [.. kept.Select(axis => x.Dims[axis])], inner = [.. axes.Select(axis => x.Dims[axis])];
        int[] innerStrides = [.. axes.Select(axis => strides[axis])];
        int[] dims = keep ? [.. x.Dims.Select((size, axis) => axes.Contains(axis) ? 1 : size)] : outer;
        var result = new NdArray(dims, x.Type);
        int at = 0;
        foreach (int start in NdArray.Positions(outer, [.. kept.Select(axis => strides[axis])]))
        {
            result.Data[at++] = reduce([.. NdArray.Positions(inner, innerStrides, start).Select(position => x.Data[position])]);
        }
        return result;
    }
}
