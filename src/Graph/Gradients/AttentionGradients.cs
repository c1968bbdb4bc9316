using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Attention as the products and the softmax that it stands for: softmax(scale q kᵀ + mask) v (Vaswani et al. 2017, equation 1).
/// </summary>
static class AttentionGradients
{
    public static IEnumerable<GradientRule> All => [new("Attention", scope => scope.Through(graph => [Attend(scope)]))];

    static Value Attend(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        (Term q, Term k, Term v) = (scope[0], scope[1], scope[2]);
        Term width = new Term(graph, graph.SizeOf(q, 3)).Cast(q.Value.Type.Element);
        Term scores = q.Apply("MatMul", k.Transpose());
        scores = scope.Attributes.Float("scale", 0) is > 0 and float scale ? scores * scale : scores / width.Apply("Sqrt");
        // A row that is hidden whole has no NaN as with minus infinity, which would stay where its gradient is 0.
        Term hidden = scores.Number(q.Value.Type.Element == ElementType.Float16 ? -6e4 : -1e30);
        if (scope.Optional(3) is Term mask)
        {
            scores = mask.Value.Type.Element == ElementType.Bool
                ? mask.Apply("Where", scores, hidden) : (scores + mask).Apply("Max", hidden);
        }
        if (scope.Attributes.Int("is_causal", 0) != 0)
        {
            Term rows = new Term(graph, graph.Positions(q, 2)).Unsqueeze(1), columns = new(graph, graph.Positions(k, 2));
            scores = columns.Apply("LessOrEqual", rows).Apply("Where", scores, hidden);
        }
        return graph.MatMul(graph.Softmax(scores), v);
    }
}
