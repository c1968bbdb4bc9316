using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Reductions of x to y with the gradient d: each element of x gets d times its share. Softmax along an axis: y (d - Σ d y); LogSoftmax:
/// d - softmax(x) Σ d.
/// </summary>
static class ReductionGradients
{
    public static IEnumerable<GradientRule> All =>
    [
        Of("ReduceSum", (x, y, d) => d), Of("ReduceMean", (x, y, d) => d / Count(x, y)),
        Of("ReduceMax", Extreme), Of("ReduceMin", Extreme), Of("ReduceProd", Product),
        Of("ReduceL1", (x, y, d) => d * x.Apply("Sign")), Of("ReduceL2", (x, y, d) => d * x / y.OrOne()),
        Of("ReduceSumSquare", (x, y, d) => d * x * 2), Of("ReduceLogSumExp", (x, y, d) => d * (x - y).Apply("Exp")),
        new("Softmax", scope =>
        {
            (Term y, Term d) = (scope.Output(), scope.Gradient);
            return [y * (d - (d * y).Reduce("ReduceSum", Axis(scope)))];
        }),
        new("LogSoftmax", scope =>
        {
            (Term y, Term d) = (scope.Output(), scope.Gradient);
            return [d - y.Apply("Exp") * d.Reduce("ReduceSum", Axis(scope))];
        }),
    ];

    static long Axis(GradientScope scope) => scope[0].Value.Shape.Axis(scope.Attributes.Int("axis", -1));

    // The share is built with y and d as they would be with axes of size 1.
    static GradientRule Of(string op, Func<Term, Term, Term, Term> share) => new(op, scope =>
    {
        (Term x, Term y, Term d) = (scope[0], scope.Output(), scope.Gradient);
        if (scope.Attributes.Int("keepdims", 1) == 0)
        {
            long[] axes = [.. (scope.Axes(1) is { Length: > 0 } given ? given.Select(x.Value.Shape.Axis)
                : scope.Attributes.Int("noop_with_empty_axes", 0) != 0 ? [] : Enumerable.Range(0, x.Value.Shape.Count)).Select(axis =>
                    (long)axis)];
            (y, d) = axes.Length == 0 ? (y, d) : (y.Unsqueeze(axes), d.Unsqueeze(axes));
        }
        return [scope.Graph.ExpandLike(share(x, y, d), x)];
    });

    // Elements of x for each of y.
    static Term Count(Term x, Term y)
    {
        if (x.Value.Shape.Zip(y.Value.Shape).All(pair => pair.First == pair.Second ? pair.First != Dim.Unknown
            : pair.First.Size is not null && pair.Second.Size is not null))
        {
            return x.Number(x.Value.Shape.Zip(y.Value.Shape).Where(pair => pair.First != pair.Second)
                .Aggregate(1L, (product, pair) => product * pair.First.Size!.Value));
        }
        ElementType type = x.Value.Type.Element;
        return x.Apply("Size").Cast(type) / y.Apply("Size").Cast(type).AtLeast(1);
    }

    // Equals share the gradient.
    static Term Extreme(Term x, Term y, Term d)
    {
        Term isIt = x.Is("Equal", y);
        GraphBuilder graph = x.Graph;
        return d * isIt / new Term(graph, graph.SumTo(isIt, y));
    }

    // The product of the others, without a division by 0: with one 0 among them only it has a gradient, with two none.
    static Term Product(Term x, Term y, Term d)
    {
        GraphBuilder graph = x.Graph;
        Term isZero = x.Is("Equal", 0), zeros = new(graph, graph.SumTo(isZero, y));
        long[] axes = [.. y.Value.Shape.Index().Where(pair => pair.Item.Size == 1).Select(pair => (long)pair.Index)];
        Term rest = (x + isZero).Reduce("ReduceProd", axes); // of what is not 0
        return d * rest * (isZero * zeros.Is("Equal", 1) + (1 - isZero) * zeros.Is("Equal", 0)) / (x + isZero);
    }
}
