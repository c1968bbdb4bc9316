using Toolchain.Graph.Gradients.Rules;

namespace Toolchain.Graph.Gradients;

/// <summary>Every operator's rule; <c>GradientRuleTests</c> asks for one of each operator of the library.</summary>
static class GradientRules
{
    static readonly Dictionary<string, GradientRule> rules = new[]
    {
        ConstantGradients.All,
        ConvolutionGradients.All,
        ElementwiseGradients.All,
        IndexingGradients.All,
        MatrixGradients.All,
        ReductionGradients.All,
        ShapeGradients.All,
    }.SelectMany(family => family).ToDictionary(rule => rule.Op);

    public static IEnumerable<GradientRule> All => rules.Values;

    public static GradientRule? Find(string op) => rules.GetValueOrDefault(op);
}
