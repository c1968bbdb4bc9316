using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>Shows of tensors of a graph that no input can make an element of them NaN.</summary>
static class NumbersOnly
{
    // Elements of a constant that are looked at.
    const int MostElements = 1 << 16;

    // They return elements of their inputs, or a number for every number.
    static readonly HashSet<string> keeping =
    [
        "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Slice", "Split", "Concat", "Gather",
        "GatherElements", "GatherND", "Max", "Min", "Clip", "MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin", "Relu", "LeakyRelu",
        "Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Exp", "Sigmoid", "Tanh", "Erf", "Softplus", "HardSigmoid", "Cast",
    ];

    // They return truth values or whole numbers.
    static readonly HashSet<string> whole =
    [
        "IsNaN", "IsInf", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Not", "Shape", "Size",
        "ArgMax", "ArgMin", "NonZero",
    ];

    /// <summary>Whether <paramref name="value"/> can hold no NaN, whatever the inputs hold.</summary>
    /// <param name="graph">The graph so far.</param>
    /// <param name="value">A tensor of it.</param>
    /// <param name="wholeInputs">Names of the inputs of whole numbers or truth values.</param>
    public static bool Holds(GraphBuilder graph, Value value, IReadOnlySet<string> wholeInputs)
    {
        var makers = graph.Nodes.SelectMany(node => node.Outputs.Select(output => KeyValuePair.Create(output, node))).ToDictionary();
        var seen = new HashSet<string>(wholeInputs) { "" };
        return !value.Type.Element.IsFloat() || IsNumber(value.Name);

        bool IsNumber(string name)
        {
            if (!seen.Add(name))
            {
                return true;
            }
            if (makers.TryGetValue(name, out Node? node))
            {
                return IsWhole(node) || (keeping.Contains(node.Op) ? node.Inputs.All(IsNumber) : IsReplaced(node));
            }
            return graph.ConstantOf(value with { Name = name }) is TensorData constant
                && (!constant.Type.IsFloat() || (constant.Count <= MostElements && !constant.ToDoubles().Any(double.IsNaN)));
        }

        static bool IsWhole(Node node) => whole.Contains(node.Op)
            || (node.Op == "Cast" && !((ElementType)node.Attributes.Int("to", (long)ElementType.Float32)).IsFloat());

        // Where(IsNaN(x), y, x) takes y for NaN.
        bool IsReplaced(Node node) => node.Op == "Where" && IsNumber(node.Inputs[1])
            && ((makers.TryGetValue(node.Inputs[0], out Node? test) && test.Op == "IsNaN" && test.Inputs[0] == node.Inputs[2])
                || IsNumber(node.Inputs[2]));
    }
}
