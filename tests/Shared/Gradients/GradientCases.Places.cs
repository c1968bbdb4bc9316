using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Tests.Gradients;

/// <summary>Operators that lay elements out anew or pick them by indices, and loops.</summary>
static partial class GradientCases
{
    static IEnumerable<Case> Places() =>
    [
        new("Reshape", [Numbers(2, 3)], (graph, x) => [graph.Reshape(x[0], 3, -1)]), One("Flatten", null, Numbers(2, 3, 2)),
        new("Squeeze", [Numbers(2, 1, 3)], (graph, x) => [graph.Squeeze(x[0], 1)]),
        new("Unsqueeze", [Numbers(2, 3)], (graph, x) => [graph.Unsqueeze(x[0], 1)]), One("Transpose", null, Numbers(2, 3, 4)),
        new("Transpose perm", [Numbers(2, 3, 4)], (graph, x) => [graph.Transpose(x[0], 1, 2, 0)]),
        new("Expand", [Numbers(2, 1)], (graph, x) => [graph.Apply("Expand", [x[0], Vector(graph, 3, 2, 2)])]),
        One("Concat", new() { ["axis"] = 1 }, Numbers(2, 3), Numbers(2, 1)),
        new("Concat twice", [Numbers(2, 3)], (graph, x) => [graph.Apply("Concat", [x[0], x[0]], new() { ["axis"] = 0 })]),
        new("Tile", [Numbers(2, 3)], (graph, x) => [graph.Apply("Tile", [x[0], Vector(graph, 2, 2)])]),
        .. ((string[])["constant", "reflect", "edge"]).Select(mode => new Case($"Pad {mode}", [Numbers(3, 4)], (graph, x) =>
            [graph.Apply("Pad", [x[0], Vector(graph, 1, 2, 0, 1)], new() { ["mode"] = mode })])),
        new("Pad cut", [Numbers(3, 4), Positive()], (graph, x) => [graph.Apply("Pad", [x[0], Vector(graph, -1, 2, 1, -1), x[1]])]),
        new("Slice", [Numbers(3, 5)], (graph, x) => [graph.Apply("Slice", [x[0], Vector(graph, 1), Vector(graph, -1), Vector(graph, 1)])]),
        new("Slice steps", [Numbers(3, 5)], (graph, x) =>
            [graph.Apply("Slice", [x[0], Vector(graph, 4, 0), Vector(graph, -9, 3), Vector(graph, 1, 0), Vector(graph, -2, 2)])]),
        .. ((int[])[13, 17]).SelectMany(opset => new Case[]
        {
            new($"Gather {opset}", [Numbers(4, 3)], (graph, x) =>
                [graph.Apply("Gather", [x[0], Indices(graph, [2, 2], 1, 0, -1, 1)], new() { ["axis"] = 1 })], opset),
            new($"GatherElements {opset}", [Numbers(3, 4)], (graph, x) =>
                [graph.Apply("GatherElements", [x[0], Indices(graph, [2, 3], 0, 2, 0, 1, 1, 2)])], opset),
            new($"GatherND {opset}", [Numbers(3, 4, 2)], (graph, x) =>
                [graph.Apply("GatherND", [x[0], Indices(graph, [3, 2], 0, 3, 2, 1, 0, 3)])], opset),
            new($"ScatterElements {opset}", [Numbers(3, 4), Numbers(2, 4)], (graph, x) =>
                [graph.Apply("ScatterElements", [x[0], Indices(graph, [2, 4], 0, 2, 1, 1, 1, 0, 2, 0), x[1]])], opset),
            new($"ScatterND {opset}", [Numbers(3, 4), Numbers(2, 4)], (graph, x) =>
                [graph.Apply("ScatterND", [x[0], Indices(graph, [2, 1], 2, 0), x[1]])], opset),
            new($"Compress {opset}", [Numbers(3, 4)], (graph, x) =>
                [graph.Apply("Compress", [x[0], graph.Constant(TensorData.FromDoubles([1, 0, 1], [3], ElementType.Bool))],
                    new() { ["axis"] = 0 })], opset),
        }),
        new("ScatterElements add", [Numbers(3, 2), Numbers(3, 2)], (graph, x) => [graph.Apply("ScatterElements",
            [x[0], Indices(graph, [3, 2], 0, 0, 0, 1, 2, 0), x[1]], new() { ["reduction"] = "add" })]),
    ];

    static Value Vector(GraphBuilder graph, params long[] values) => graph.Constant(TensorData.Vector(values));

    static Value Indices(GraphBuilder graph, long[] sizes, params long[] values) => graph.Constant(TensorData.Of(values, sizes));

    static Value Integer(GraphBuilder graph, long value) => graph.Constant(TensorData.Scalar(value, ElementType.Int64));

    // States, what is collected and captured, rows of captured tensors; states that carry no gradient and begin without one.
    static IEnumerable<Case> Loops() => ((int[])[13, 17]).SelectMany(opset => new Case[]
    {
        new($"Loop {opset}", [Numbers(1, 3), Numbers(4, 3), Numbers(3, 3)], (graph, x) =>
        {
            Value factors = graph.Constant(TensorData.FromDoubles([0.5, 0.2, 0.1], [3], x[0].Type.Element));
            return graph.Loop(Integer(graph, 4), [x[0], factors, Integer(graph, 7)], (inner, i, state) =>
            {
                Term row = new(inner, inner.Apply("Gather", [x[1], i])), carried = new(inner, state[0]), other = new(inner, state[1]);
                Term next = (carried.Apply("MatMul", new Term(inner, x[2])) + row * other).Apply("Tanh");
                return new LoopStep([next, other * 0.5 + row, inner.Add(state[2], i)], [next * carried]);
            });
        }, opset),
        new($"Loop reading any row {opset}", [Numbers(4, 2)], (graph, x) => graph.Loop(Integer(graph, 3), [], (inner, i, _) =>
        {
            Value last = inner.Sub(Integer(inner, 2), inner.Mul(i, i));
            Value row = inner.Apply("Gather", [x[0], inner.Apply("Mod", [last, Integer(inner, 4)])]);
            return new LoopStep([], [inner.Mul(row, inner.Apply("Gather", [x[0], i]))]);
        }), opset),
        new($"Loop of no iteration {opset}", [Numbers(2)], (graph, x) => graph.Loop(Integer(graph, 0), [x[0]], (inner, i, state) =>
            new LoopStep([inner.Mul(state[0], state[0])], [])), opset),
    });
}
