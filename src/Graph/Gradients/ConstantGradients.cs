namespace Toolchain.Graph.Gradients;

/// <summary>
/// Operators without a gradient: their derivative is 0 wherever it exists, their outputs are integers or booleans, or their floating-point
/// outputs depend on no floating-point input.
/// </summary>
static class ConstantGradients
{
    static readonly string[] flat = ["Ceil", "Floor", "Round", "Sign"];

    static readonly string[] discrete =
    [
        "And", "ArgMax", "ArgMin", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Equal", "Greater", "GreaterOrEqual", "IsInf",
        "IsNaN", "Less", "LessOrEqual", "NonZero", "Not", "Or", "QuantizeLinear", "Shape", "Size", "Xor",
    ];

    static readonly string[] constant = ["Constant", "ConstantOfShape", "Range"];

    public static IEnumerable<GradientRule> All => [.. flat.Concat(discrete).Concat(constant).Select(GradientRule.None)];
}
