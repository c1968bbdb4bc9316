using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>
/// A number that C# computed from sizes by floating point, such as 1 / sqrt(T), 2f / (T - 1) or sqrt(H * W): outer(a * inner(size) +
/// b * inner(other size) + c) of a few functions. What does not fit all recordings is refused, and the proof holds it at other sizes.
/// </summary>
static class FloatSize
{
    // What double rounds, and what a few operations in float round.
    const double Tolerance = 1e-9, SingleTolerance = 4e-7;

    // Sizes that are tried in pairs, and denominators of weights that rounding has moved.
    const int MostPaired = 6, LargestDenominator = 64;

    static readonly Outer[] outers =
    [
        new(value => value, value => value, []),
        new(value => 1 / value, value => 1 / value, ["Reciprocal"]),
        new(value => value * value, Math.Sqrt, ["Sqrt"]),
        new(value => 1 / (value * value), value => 1 / Math.Sqrt(value), ["Sqrt", "Reciprocal"]),
        new(Math.Log, Math.Exp, ["Exp"]),
    ];

    static readonly (Func<double, double> Of, Func<GraphBuilder, Value, Value> Node)[] inners =
    [
        (size => size, (_, size) => size),
        (Math.Log, (graph, size) => graph.Unary("Log", size)),
        (size => size * size, (graph, size) => graph.Mul(size, size)),
        (size => 1 / size, (graph, size) => graph.Unary("Reciprocal", size)),
        (size => Math.Log(size + 1), (graph, size) => graph.Unary("Log", graph.Shift(size, 1))),
        (size => 1 / (size + 1), (graph, size) => graph.Unary("Reciprocal", graph.Shift(size, 1))),
        (size => 1 / (size - 1), (graph, size) => graph.Unary("Reciprocal", graph.Shift(size, -1))),
    ];

    /// <summary>
    /// The number as a float64 scalar of the graph, or null where no form fits all recordings; NaN stands for any number.
    /// </summary>
    public static Value? Make(GraphBuilder graph, SizeValues sizes, IReadOnlyList<double> values)
    {
        double tolerance = values.All(value => double.IsNaN(value) || (float)value == value) ? SingleTolerance : Tolerance;
        Quantity[] known = [.. sizes.Known], first = [.. known.Take(MostPaired)];
        Quantity[][] pairs = [.. first.SelectMany((left, i) => first.Skip(i + 1).Select(right => (Quantity[])[left, right]))];
        // The larger and the smaller of two, such as in 2 / max(H, W).
        IEnumerable<Quantity> bounds = pairs.SelectMany(pair => (Quantity[])
            [Quantity.Combine(pair[0], pair[1], Math.Max), Quantity.Combine(pair[0], pair[1], Math.Min)]);
        foreach (Quantity[] taken in known.Concat(bounds.Except(known)).Select(size => (Quantity[])[size]).Concat(pairs))
        {
            foreach (Outer outer in outers)
            {
                foreach (var inner in inners)
                {
                    if (Fit(values, taken, outer, inner.Of, tolerance) is double[] weights)
                    {
                        return outer.Ops.Aggregate(Sum(graph, sizes, taken, inner.Node, weights), (value, op) => graph.Unary(op, value));
                    }
                }
            }
        }
        return null;
    }

    static Value Sum(GraphBuilder graph, SizeValues sizes, Quantity[] taken, Func<GraphBuilder, Value, Value> node, double[] weights)
    {
        Value[] terms = [.. taken.Select((size, i) =>
            graph.Scale(node(graph, graph.Squeeze(graph.Cast(sizes.Of(size), ElementType.Float64), 0)), weights[i]))];
        return graph.Shift(terms.Aggregate(graph.Add), weights[^1]);
    }

    // The weights of the terms and the summand behind them; null where they do not give all values.
    static double[]? Fit(IReadOnlyList<double> values, Quantity[] taken, Outer outer, Func<double, double> inner, double tolerance)
    {
        int[] rows = [.. Enumerable.Range(0, values.Count).Where(row => !double.IsNaN(values[row]))];
        double[] wanted = [.. rows.Select(row => outer.Invert(values[row]))];
        double[][] terms = [.. taken.Select(size => rows.Select(row => inner(size.Values[row])).ToArray()), [.. rows.Select(_ => 1.0)]];
        bool isFinite = wanted.Concat(terms.SelectMany(term => term)).All(double.IsFinite);
        if (!isFinite || LeastSquares.Solve(terms, wanted) is not double[] weights)
        {
            return null;
        }
        for (int i = 0; i < weights.Length; i++)
        {
            double share = Math.Abs(weights[i]) * terms[i].Max(Math.Abs), largest = wanted.Max(Math.Abs);
            weights[i] = share <= tolerance * largest ? 0 : Rounded(weights[i], tolerance);
        }
        bool isNeeded = Enumerable.Range(0, taken.Length).All(i => weights[i] != 0);
        return isNeeded && Enumerable.Range(0, rows.Length).All(i =>
        {
            double[] shares = [.. terms.Select((term, j) => term[i] * weights[j])];
            // What cancels in the sum loses that many digits.
            double lost = wanted[i] == 0 ? shares.Max(Math.Abs)
                : Math.Abs(values[rows[i]]) * Math.Max(1, shares.Sum(Math.Abs) / Math.Abs(wanted[i]));
            return Math.Abs(outer.Apply(shares.Sum()) - values[rows[i]]) <= tolerance * lost;
        }) ? weights : null;
    }

    // A whole number, or a fraction of whole numbers, that rounding has moved.
    static double Rounded(double weight, double tolerance) =>
        Enumerable.Range(1, LargestDenominator).Select(denominator => Math.Round(weight * denominator) / denominator)
            .Where(near => Math.Abs(weight - near) <= tolerance * Math.Abs(weight)).FirstOrDefault(weight);

    /// <summary>A function of the sum of terms.</summary>
    /// <param name="Invert">From the number to the sum.</param>
    /// <param name="Apply">From the sum to the number.</param>
    /// <param name="Ops">Its nodes, one after the other.</param>
    sealed record Outer(Func<double, double> Invert, Func<double, double> Apply, string[] Ops);
}
