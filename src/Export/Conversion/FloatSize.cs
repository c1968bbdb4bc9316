using Toolchain.Export.Converters;
using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>
/// A number that C# computed from a size by floating point, such as 1 / sqrt(T): a constant times a function of one size.
/// </summary>
static class FloatSize
{
    const double Tolerance = 1e-9;

    static readonly (Func<double, double> Function, Func<GraphBuilder, Value, Value> Node)[] forms =
    [
        (size => size, (_, size) => size),
        (size => 1 / size, (graph, size) => graph.Unary("Reciprocal", size)),
        (Math.Sqrt, (graph, size) => graph.Unary("Sqrt", size)),
        (size => 1 / Math.Sqrt(size), (graph, size) => graph.Unary("Reciprocal", graph.Unary("Sqrt", size))),
        (Math.Log, (graph, size) => graph.Unary("Log", size)),
    ];

    /// <summary>The number as a float64 scalar of the graph, or null where no form fits all recordings.</summary>
    public static Value? Make(GraphBuilder graph, SizeValues sizes, IReadOnlyList<double> values)
    {
        foreach (Quantity known in sizes.Known)
        {
            foreach ((Func<double, double> function, Func<GraphBuilder, Value, Value> node) in forms)
            {
                double[] factors = [.. values.Zip(known.Values, (value, size) => value / function(size))];
                if (factors.All(factor => double.IsFinite(factor) && Math.Abs(factor - factors[0]) <= Tolerance * Math.Abs(factors[0])))
                {
                    Value size = graph.Squeeze(graph.Cast(sizes.Of(known), ElementType.Float64), 0);
                    return graph.Scale(node(graph, size), Rounded(factors[0]));
                }
            }
        }
        return null;
    }

    // A whole number that rounding has moved.
    static double Rounded(double factor) => Math.Abs(factor - Math.Round(factor)) <= Tolerance * Math.Abs(factor) ? Math.Round(factor)
        : factor;
}
