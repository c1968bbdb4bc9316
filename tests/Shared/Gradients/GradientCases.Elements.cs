using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Tests.Gradients;

/// <summary>Operators that work element by element, and reductions.</summary>
static partial class GradientCases
{
    static IEnumerable<Case> Elements() =>
    [
        .. ((string[])["Abs", "Asinh", "Atan", "Cos", "Cosh", "Elu", "Erf", "Exp", "Identity", "LeakyRelu", "Neg", "Relu", "Selu",
            "Sigmoid", "Sin", "Sinh", "Softplus", "Softsign", "Tan", "Tanh", "HardSigmoid", "HardSwish", "ThresholdedRelu"])
            .Select(op => One(op, null, Numbers(3, 5)) with { Name = op }),
        .. ((string[])["Log", "Reciprocal", "Sqrt"]).Select(op => One(op, null, Positive(6))),
        .. ((string[])["Acos", "Asin", "Atanh"]).Select(op => Of(op, [Numbers(6)], (graph, x) => x[0] * 0.5)),
        Of("Acosh", [Positive(6)], (graph, x) => x[0] + 1),
        One("HardSwish", null, TensorData.Of([-4.0, -1, 0.5, 2, 5], 5)), // on all its pieces
        new("Cast", [Numbers(3, 2)], (graph, x) => [graph.Cast(x[0], ElementType.Float32)]),
        .. ((string[])["Add", "Sub", "Mul", "Div", "PRelu"]).SelectMany(op => new[]
        {
            One(op, null, Numbers(2, 3), Numbers(2, 3)), One(op, null, Numbers(2, 1, 3), Positive(3)),
        }),
        .. ((string[])["Add", "Sub", "Mul", "Div"]).Select(op => One(op, null, Numbers(3), Numbers(2, 1))),
        One("Pow", null, Positive(2, 3), Numbers(3)),
        new("Pow whole", [Numbers(4)], (graph, x) => [graph.Apply("Pow", [x[0], graph.Scalar(3, x[0])])]),
        One("Mod", new() { ["fmod"] = 1 }, Numbers(2, 4), TensorData.Of([0.61, 0.37, -0.43, 0.29], 4)),
        new("Clip", [Numbers(2, 4), TensorData.Of([-0.7]), TensorData.Of([0.6])], (graph, x) => [graph.Apply("Clip", x)]),
        new("Clip low", [Numbers(2, 4), TensorData.Of([-0.7])], (graph, x) => [graph.Apply("Clip", x)]),
        new("Where", [Numbers(2, 3), Numbers(3), Numbers(2, 1)], (graph, x) =>
            [graph.Apply("Where", [graph.Apply("Greater", [x[0], graph.Scalar(0, x[0])]), x[1], x[2]])]),
        One("Max", null, Numbers(2, 3), Positive(3), Numbers(2, 1)), One("Min", null, Numbers(2, 3), Positive(3)),
        One("Softmax", new() { ["axis"] = 1 }, Numbers(2, 4, 2)), One("LogSoftmax", null, Numbers(2, 4)),
        .. ((string[])["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp"]).SelectMany(of => new[]
        {
            new Case($"Reduce{of}", [Numbers(2, 3, 2)], (graph, x) => [graph.Reduce($"Reduce{of}", x[0], [1])]),
            new Case($"Reduce{of} kept", [Numbers(2, 3, 2)], (graph, x) => [graph.Reduce($"Reduce{of}", x[0], [0, -1], keep: true)]),
            new Case($"Reduce{of} of all", [Numbers(2, 3)], (graph, x) =>
                [graph.Apply($"Reduce{of}", [x[0]], new() { ["keepdims"] = 0 })], 18),
        }),
    ];

    static Case Of(string op, TensorData[] inputs, Func<GraphBuilder, Term[], Term> argument) => new(op, inputs, (graph, x) =>
        [argument(graph, [.. x.Select(value => new Term(graph, value))]).Apply(op)]);
}
