using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>
/// A constant that C# computed from sizes, such as torch.tensor((float)T): each of its few elements follows sizes, or a vector is as long
/// as a size and its elements lie on a line, such as torch.tensor of 0, 1, ..., T - 1.
/// </summary>
static class ConstantOfSizes
{
    // How far elements in float32 may lie beside their line, as a fraction of the largest: they and the step are rounded.
    const double Tolerance = 1e-6;

    /// <summary>The constant in the graph, or null where it is understood in no way.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="sizes">Sizes as values of the graph.</param>
    /// <param name="contents">Its content in each recording.</param>
    public static Value? Make(GraphBuilder graph, SizeValues sizes, IReadOnlyList<TensorData?> contents)
    {
        if (contents.Any(content => content is null || content.Count == 0))
        {
            return null;
        }
        double[][] elements = [.. contents.Select(content => content!.ToDoubles())];
        bool isFixed = contents.All(content => content!.Sizes.SequenceEqual(contents[0]!.Sizes));
        return !isFixed ? contents.All(content => content!.Sizes.Count == 1) ? Line(graph, sizes, contents[0]!.Type, elements) : null
            : elements[0].Length <= ArgumentNumbers.MostElements ? Elements(graph, sizes, contents[0]!, elements) : null;
    }

    static Value? Elements(GraphBuilder graph, SizeValues sizes, TensorData first, double[][] elements)
    {
        Value?[] made = [.. Enumerable.Range(0, elements[0].Length)
            .Select(i => Number(graph, sizes, first.Type, [.. elements.Select(recording => recording[i])]))];
        return made.Contains(null) ? null
            : first.Sizes.Count == 0 ? graph.Squeeze(made[0]!, 0)
            : graph.Reshape(made.Length == 1 ? made[0]! : graph.Apply("Concat", made, new Attributes { ["axis"] = 0 }), [.. first.Sizes]);
    }

    // start + step * (0, 1, ..), both of which may follow sizes
    static Value? Line(GraphBuilder graph, SizeValues sizes, ElementType type, double[][] elements)
    {
        // As exact as the elements are; of one element there is none.
        double[] steps = [.. elements.Select(line => line.Length < 2 ? double.NaN : (line[^1] - line[0]) / (line.Length - 1))
            .Select(step => type == ElementType.Float32 ? (float)step : step)];
        bool isLine = elements.Zip(steps).All(pair => pair.First.Skip(1).Select((value, i) =>
            Math.Abs(pair.First[0] + (i + 1) * pair.Second - value)).All(difference => difference <= Tolerance * pair.First.Max(Math.Abs)));
        ElementType wide = type.IsFloat() ? ElementType.Float64 : type;
        if (!isLine || Number(graph, sizes, wide, steps) is not Value step
            || Number(graph, sizes, wide, [.. elements.Select(line => line[0])]) is not Value start)
        {
            return null;
        }
        Value count = graph.Squeeze(sizes.Of(new Quantity([.. elements.Select(line => (long)line.Length)])), 0);
        Value numbers = graph.Cast(graph.Apply("Range", [graph.Integer(0), count, graph.Integer(1)]), wide);
        return graph.Cast(graph.Add(graph.Mul(numbers, step), start), type);
    }

    // A vector of one element; NaN stands for any number.
    static Value? Number(GraphBuilder graph, SizeValues sizes, ElementType type, double[] values) =>
        values.Where(value => !double.IsNaN(value)).Distinct().ToArray() is [double only]
            ? graph.Constant(TensorData.FromDoubles([only], [1], type))
        : values.All(value => value % 1 == 0) ? graph.Cast(sizes.Of(new Quantity([.. values.Select(value => (long)value)])), type)
        : FloatSize.Make(graph, sizes, values) is Value number ? graph.Cast(graph.Unsqueeze(number, 0), type) : null;
}
