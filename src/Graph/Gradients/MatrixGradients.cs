using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Matrix products (Giles 2008, "An extended collection of matrix derivative results", section 2.2.3): of y = a b with the gradient d,
/// that of a is d bᵀ and that of b is aᵀ d.
/// </summary>
static class MatrixGradients
{
    public static IEnumerable<GradientRule> All => [new("MatMul", MatMul), new("Gemm", Gemm)];

    static IReadOnlyList<Value?> MatMul(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        (Term a, Term b, Term d) = (scope[0], scope[1], scope.Gradient);
        int rankA = a.Value.Shape.Count, rankB = b.Value.Shape.Count;
        // A vector is a row on the left and a column on the right.
        Term left = rankA == 1 ? a.Unsqueeze(0) : a, right = rankB == 1 ? b.Unsqueeze(1) : b;
        d = rankB == 1 ? d.Unsqueeze(rankA == 1 ? 0 : rankA - 1) : d;
        d = rankA == 1 ? d.Unsqueeze(Math.Max(rankB, 2) - 2) : d;
        return
        [
            scope.Wants(0) ? graph.ReshapeLike(graph.SumTo(d.Apply("MatMul", right.Transpose()), left), a) : null,
            scope.Wants(1) ? graph.ReshapeLike(OfRight(graph, left, right, d), b) : null,
        ];
    }

    // One matrix for a batch of rows: its gradient is one product over all of them.
    static Value OfRight(GraphBuilder graph, Term a, Term b, Term d) => b.Value.Shape.Count == 2 && a.Value.Shape.Count > 2
        ? graph.Apply("Gemm", [Rows(graph, a), Rows(graph, d)], new Attributes { ["transA"] = 1 })
        : graph.SumTo(a.Transpose().Apply("MatMul", d), b);

    static Value Rows(GraphBuilder graph, Value x) => graph.Flatten(x, x.Shape.Count - 1);

    static IReadOnlyList<Value?> Gemm(GradientScope scope)
    {
        (Term a, Term b, Term d) = (scope[0], scope[1], scope.Gradient);
        float alpha = scope.Attributes.Float("alpha", 1), beta = scope.Attributes.Float("beta", 1);
        bool transA = scope.Attributes.Int("transA", 0) != 0, transB = scope.Attributes.Int("transB", 0) != 0;
        return
        [
            !scope.Wants(0) ? null : transA ? Product(b, d, transB, true) : Product(d, b, false, !transB),
            !scope.Wants(1) ? null : transB ? Product(d, a, true, transA) : Product(a, d, !transA, false),
            !scope.Wants(2) ? null : scope.Graph.SumTo(beta == 1 ? d : d * beta, scope[2]),
        ];

        Value Product(Term x, Term y, bool transX, bool transY) => scope.Graph.Apply("Gemm", [x, y], new Attributes
        {
            ["transA"] = transX ? 1 : 0,
            ["transB"] = transY ? 1 : 0,
            ["alpha"] = alpha,
        });
    }
}
