namespace Toolchain.Graph.Gradients;

/// <summary>Every operator's rule; <c>GradientRuleTests</c> asks for one of each operator of the library.</summary>
static class GradientRules
{
    static readonly Dictionary<string, GradientRule> rules = new[]
    {
        AttentionGradients.All,
        BranchGradients.All,
        ConstantGradients.All,
        ConvolutionGradients.All,
        EinsumGradients.All,
        ElementwiseGradients.All,
        IndexingGradients.All,
        LoopGradients.All,
        MatrixGradients.All,
        NormalizationGradients.All,
        OrderingGradients.All,
        PoolingGradients.All,
        RecurrentGradients.All,
        ReductionGradients.All,
        ResizeGradients.All,
        SamplingGradients.All,
        ShapeGradients.All,
    }.SelectMany(family => family).ToDictionary(rule => rule.Op);

    public static IEnumerable<GradientRule> All => rules.Values;

    public static GradientRule? Find(string op) => rules.GetValueOrDefault(op);
}
