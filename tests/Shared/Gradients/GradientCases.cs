using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Tests.Gradients;

/// <summary>Graphs of one operator each, whose gradients are compared with differences.</summary>
static partial class GradientCases
{
    /// <param name="Name">The operator and what is special.</param>
    /// <param name="Inputs">The inputs; those of floating-point numbers are differentiated by.</param>
    /// <param name="Build">The outputs of which the loss is made.</param>
    /// <param name="Opset">The opset.</param>
    /// <param name="Type">Declared type of the inputs; the evaluator computes in float64 in any case.</param>
    public sealed record Case(string Name, TensorData[] Inputs, Func<GraphBuilder, Value[], Value[]> Build, int Opset = 17,
        ElementType Type = ElementType.Float64);

    public static IEnumerable<Case> All =>
    [
        .. Pools(), .. Norms(), .. Orders(), .. Sums(), .. Images(), .. Attentions(), .. Elements(), .. Layers(), .. Places(), .. Loops(),
        .. Branches(),
    ];

    /// <summary>Numbers that are apart from each other: no two are nearer than the steps of the differences.</summary>
    public static TensorData Numbers(params long[] sizes)
    {
        int count = (int)sizes.Aggregate(1L, (product, size) => product * size);
        double[] values = [.. Enumerable.Range(0, count).Select(i => (i * 7919 % 1009 - 504) / 400.0 + 0.0003 * i)];
        return TensorData.FromDoubles(values, sizes, ElementType.Float64);
    }

    /// <summary>Numbers in [0.5..1.5].</summary>
    public static TensorData Positive(params long[] sizes) =>
        TensorData.FromDoubles([.. Numbers(sizes).ToDoubles().Select(value => 1 + value / 2.6)], sizes, ElementType.Float64);

    public static Case One(string op, Attributes? attributes, params TensorData[] inputs) =>
        new($"{op} {string.Join(" ", attributes?.Select(pair => pair.Key) ?? [])}", inputs, (graph, x) => [graph.Apply(op, x, attributes)]);

    static Case With(string op, Attributes? attributes, int outputs, params TensorData[] inputs) =>
        new($"{op} with {outputs} outputs", inputs, (graph, x) => graph.Apply(op, x, attributes, outputs));

    static IEnumerable<Case> Pools()
    {
        foreach ((string op, int opset) in (IEnumerable<(string, int)>)[("MaxPool", 13), ("MaxPool", 16), ("AveragePool", 17)])
        {
            Case[] cases =
            [
                One(op, Window([2, 2], [2, 2]), Numbers(2, 2, 4, 5)),
                One(op, Window([3, 3], [2, 2], [1, 1, 1, 1]), Numbers(2, 2, 6, 5)),
                One(op, Window([3], [2], null, ("ceil_mode", 1)), Numbers(2, 2, 6)),
                One(op, Window([2, 1, 2], null, [0, 0, 1, 1, 0, 0]), Numbers(1, 2, 3, 2, 3)),
            ];
            foreach (Case item in cases)
            {
                yield return item with { Name = $"{item.Name} {item.Inputs[0].Sizes.Count} {opset}", Opset = opset };
            }
        }
        yield return One("MaxPool", Window([2, 2], null, null, ("dilations", new long[] { 2, 1 })), Numbers(1, 2, 5, 4));
        yield return With("MaxPool", Window([2, 2]), 2, Numbers(1, 2, 3, 4));
        yield return With("MaxPool", Window([3, 3], [2, 2], [1, 1, 1, 1]), 2, Numbers(1, 2, 6, 5));
        Attributes some = Window([3, 2], [2, 2], [1, 0, 0, 1]);
        yield return One("MaxPool", some, Numbers(1, 2, 8, 6)) with { Name = "MaxPool with rows left over" };
        yield return One("MaxPool", Window([5, 4], [2, 3]), Numbers(1, 2, 7, 8)) with { Name = "MaxPool of many cells" };
        Case[] disjoint = [One("MaxPool", Window([2, 3], [2, 3]), Numbers(2, 2, 5, 6)), One("MaxPool", Window([2], [2]), Numbers(2, 2, 4))];
        foreach (Case item in disjoint)
        {
            yield return item with { Name = $"MaxPool side by side {item.Inputs[0].Sizes.Count}", Type = ElementType.Float32 };
        }
        Attributes counting = Window([3, 2], [2, 2], [1, 0, 1, 0], ("count_include_pad", 1), ("ceil_mode", 1));
        yield return One("AveragePool", counting, Numbers(1, 2, 6, 5));
        yield return One("GlobalAveragePool", null, Numbers(2, 3, 4, 2));
        yield return One("GlobalMaxPool", null, Numbers(2, 3, 4, 2));
    }

    static Attributes Window(long[] kernel, long[]? strides = null, long[]? pads = null, params (string Name, object Value)[] more)
    {
        var window = new Attributes { ["kernel_shape"] = kernel };
        (string, object?)[] all = [("strides", strides), ("pads", pads), .. more];
        foreach ((string name, object? value) in all.Where(pair => pair.Item2 is not null))
        {
            window[name] = value!;
        }
        return window;
    }

    static IEnumerable<Case> Norms() =>
    [
        One("BatchNormalization", null, Numbers(3, 2, 2, 2), Numbers(2), Numbers(2), Numbers(2), Positive(2)),
        One("BatchNormalization", null, Numbers(3, 2), Numbers(2), Numbers(2), Numbers(2), Positive(2)),
        With("BatchNormalization", new() { ["training_mode"] = 1, ["momentum"] = 0.7 }, 3, Numbers(3, 2, 2, 2), Numbers(2), Numbers(2),
            Numbers(2), Positive(2)),
        One("LayerNormalization", new() { ["axis"] = -2 }, Numbers(2, 3, 4), Numbers(3, 4), Numbers(3, 4)),
        With("LayerNormalization", null, 3, Numbers(2, 3, 4), Numbers(4), Numbers(4)) with { Type = ElementType.Float32 },
        One("RMSNormalization", null, Numbers(2, 3, 4), Numbers(4)) with { Opset = 23 },
        One("LRN", new() { ["size"] = 3, ["alpha"] = 0.5 }, Numbers(2, 5, 2, 2)), One("LRN", new() { ["size"] = 5 }, Numbers(1, 4, 3, 1)),
    ];
}
