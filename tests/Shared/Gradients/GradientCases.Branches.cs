using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Tests.Gradients;

/// <summary>If: either branch, tensors that one branch reads or both, branches of other sizes, within a loop and with one inside.</summary>
static partial class GradientCases
{
    static IEnumerable<Case> Branches() => ((int[])[13, 17, 21]).SelectMany(opset => new Case[]
    {
        new($"If that holds {opset}", [Numbers(2, 3), Numbers(3), Numbers(2, 1)], (graph, x) => Either(graph, x, true), opset),
        new($"If that does not hold {opset}", [Numbers(2, 3), Numbers(3), Numbers(2, 1)], (graph, x) => Either(graph, x, false), opset),
        new($"If in a Loop {opset}", [Numbers(1, 3), Numbers(4, 3)], (graph, x) => graph.Loop(Integer(graph, 4), [x[0]],
            (inner, i, state) =>
        {
            Value isOdd = inner.Cast(inner.Apply("Mod", [i, Integer(inner, 2)]), ElementType.Bool);
            Value[] made = inner.If(isOdd,
                then => [then.Apply("Tanh", [then.Mul(state[0], then.Apply("Gather", [x[1], i]))])],
                otherwise => [otherwise.Add(state[0], otherwise.Mul(x[0], state[0]))]);
            return new LoopStep([made[0]], [inner.Mul(made[0], made[0])]);
        }), opset),
        new($"Loop in an If {opset}", [Numbers(2, 2), Numbers(2)], (graph, x) => graph.If(Truth(graph, true),
            then => [then.Loop(Integer(then, 3), [x[0]], (inner, _, state) =>
                new LoopStep([inner.Apply("Sin", [inner.Mul(state[0], x[1])])], []))[0]],
            otherwise => [x[0]]), opset),
    });

    // Two captured by both branches or one; the second output has one row or two.
    static Value[] Either(GraphBuilder graph, Value[] x, bool holds) => graph.If(Truth(graph, holds),
        then => [then.Mul(then.Apply("Exp", [x[0]]), x[1]), then.Apply("Sin", [x[0]])],
        otherwise => [otherwise.Mul(x[0], x[2]), otherwise.Apply("Unsqueeze", [x[1], otherwise.Constant(TensorData.Vector(0))])]);

    static Value Truth(GraphBuilder graph, bool holds) =>
        graph.Apply("Equal", [Integer(graph, 1), Integer(graph, holds ? 1 : 0)]);
}
