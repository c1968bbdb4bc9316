using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// If: the same condition chooses between two bodies, each of which builds its branch anew and sweeps it backwards. Each gives the gradient
/// of every tensor that one of the two captures: zeros where its own branch does not depend on it.
/// </summary>
static class BranchGradients
{
    public static IEnumerable<GradientRule> All => [new("If", Build)];

    static IReadOnlyList<Value?> Build(GradientScope scope)
    {
        OnnxModel then = (OnnxModel)scope.Attributes["then_branch"], otherwise = (OnnxModel)scope.Attributes["else_branch"];
        Value[] captured = [.. Subgraphs.Captured(then).Union(Subgraphs.Captured(otherwise)).Where(scope.Active.Contains)
            .Order(StringComparer.Ordinal).Select(scope.Graph.Find).Where(value => value.Type.Element.IsFloat())];
        Value[] found = scope.Graph.If(scope[0], inner => Swept(scope, inner, then, captured),
            inner => Swept(scope, inner, otherwise, captured));
        foreach ((Value value, Value gradient) in captured.Zip(found))
        {
            scope.Captured[value.Name] = scope.Graph.Refine(gradient, value.Shape);
        }
        return [];
    }

    static Value[] Swept(GradientScope scope, GraphBuilder inner, OnnxModel branch, Value[] captured)
    {
        int start = inner.Nodes.Count;
        Value[] made = inner.InlineBody(branch, []);
        Node[] nodes = [.. inner.Nodes.Skip(start)];
        // The branch may know sizes that the two do not share.
        IEnumerable<(string, Value)> seeds = [.. Enumerable.Range(0, made.Length).Where(i => scope.Given(i) is not null).Select(i =>
            (made[i].Name, inner.Refine(inner.Apply("Identity", [scope.Given(i)!.Value.Value]), made[i].Shape)))];
        Dictionary<string, Value> found = ReverseSweep.Run(inner, nodes, seeds, [.. captured.Select(value => value.Name)]);
        return [.. captured.Select(value => found.GetValueOrDefault(value.Name) ?? inner.ZerosLike(value))];
    }
}
