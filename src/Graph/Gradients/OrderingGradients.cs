using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Operators that order elements or sum them up, and steps of 8 bits. What was picked gives its gradient to where it was; the gradient of a
/// running sum is the running sum of d from the other end; of y = (x - zero) s, that of s is the sum of d (x - zero).
/// </summary>
static class OrderingGradients
{
    public static IEnumerable<GradientRule> All =>
        [new("TopK", TopK), new("CumSum", CumSum), new("Unique", Unique), new("DequantizeLinear", Dequantize)];

    static IReadOnlyList<Value?> TopK(GradientScope scope) =>
    [
        scope.Graph.Apply("ScatterElements", [scope.Graph.ZerosLike(scope[0]), scope.Output(1), scope.Gradient],
            new Attributes { ["axis"] = scope.Attributes.Int("axis", -1) }),
    ];

    static IReadOnlyList<Value?> CumSum(GradientScope scope) =>
    [
        scope.Graph.Apply("CumSum", [scope.Gradient, scope[1]], new Attributes
        {
            ["exclusive"] = scope.Attributes.Int("exclusive", 0),
            ["reverse"] = 1 - scope.Attributes.Int("reverse", 0),
        }),
    ];

    // Of equals, the first.
    static IReadOnlyList<Value?> Unique(GradientScope scope) => scope.Given(0) is null ? [] : scope.Through(graph =>
    {
        Value x = scope[0];
        Value places = scope.Node.Outputs is [_, not "", ..] ? scope.Output(1) : graph.Apply("Unique", [x], scope.Attributes, 4)[1];
        return scope.Attributes.Has("axis")
            ? [graph.Apply("Gather", [x, places], new Attributes { ["axis"] = scope.Attributes.Int("axis", 0) })]
            : [graph.Apply("Gather", [graph.Reshape(x, -1), places])];
    });

    static IReadOnlyList<Value?> Dequantize(GradientScope scope)
    {
        (GraphBuilder graph, Term x, Term scale, Term d) = (scope.Graph, scope[0], scope[1], scope.Gradient);
        ElementType type = scale.Value.Type.Element;
        int behind = scale.Value.Shape.Count == 0 || scale.Value.Shape[0].Size == 1 ? 0
            : x.Value.Shape.Count - 1 - x.Value.Shape.Axis(scope.Attributes.Int("axis", 1));
        Term difference = scope.Optional(2) is Term zero ? x.Cast(type) - Beside(zero.Cast(type)) : x.Cast(type);
        return [null, graph.ReshapeLike(graph.SumTo(d * difference, Beside(scale)), scale)];

        Term Beside(Term vector) => behind == 0 ? vector : vector.Unsqueeze([.. Enumerable.Range(1, behind).Select(i => (long)i)]);
    }
}
