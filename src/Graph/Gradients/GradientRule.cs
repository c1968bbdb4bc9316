namespace Toolchain.Graph.Gradients;

/// <summary>How the gradient of a loss passes backwards through one operator.</summary>
/// <param name="Op">ONNX's name.</param>
/// <param name="Build">
/// Builds the gradients of the inputs, in their order, from the gradients of the outputs; null where there is none. A list shorter than the
/// inputs has none for the rest.
/// </param>
sealed record GradientRule(string Op, Func<GradientScope, IReadOnlyList<Value?>> Build)
{
    /// <summary>A rule for an operator whose derivative is 0 wherever it has one, or whose outputs are no floating-point numbers.</summary>
    public static GradientRule None(string op) => new(op, _ => []);
}
