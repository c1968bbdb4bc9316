namespace Toolchain.Graph;

/// <summary>Rounds what the nodes of a model compute to their element types, as a runtime does, or up or down by one place.</summary>
/// <param name="model">The model.</param>
/// <param name="phase">0, 1 or 2: which third of the elements is rounded up, which down, and which to the nearest.</param>
sealed class NodeRounding(OnnxModel model, int phase)
{
    // They return elements of their inputs, or these with another sign.
    static readonly HashSet<string> choosing =
    [
        "Abs", "Cast", "Clip", "Concat", "Expand", "Flatten", "Gather", "GatherElements", "GatherND", "GlobalMaxPool", "Identity", "Max",
        "MaxPool", "Min", "Neg", "ReduceMax", "ReduceMin", "Relu", "Reshape", "Slice", "Split", "Squeeze", "Tile", "TopK", "Transpose",
        "Unsqueeze", "Where",
    ];

    static readonly HashSet<string> comparing = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"];

    readonly HashSet<string> compared = Compared(model);

    // An element that is compared with those it was chosen from is one of them.
    static HashSet<string> Compared(OnnxModel model)
    {
        var names = new HashSet<string>();
        foreach (Node node in model.Nodes.Reverse())
        {
            if (comparing.Contains(node.Op) || (choosing.Contains(node.Op) && node.Outputs.Any(names.Contains)))
            {
                names.UnionWith(node.Inputs);
            }
        }
        return names;
    }

    /// <summary>A result of <paramref name="node"/>, rounded.</summary>
    /// <param name="node">The node.</param>
    /// <param name="name">Name of the result.</param>
    /// <param name="result">The result.</param>
    public NdArray Of(Node node, string name, NdArray result) => choosing.Contains(node.Op) && compared.Contains(name) ? result
        : result.Type switch
        {
            // What is equal by chance does not hide what rounding costs.
            ElementType.Float32 => result.With((x, i) => ((i + phase) % 3) switch
            {
                0 => MathF.BitIncrement((float)x),
                1 => MathF.BitDecrement((float)x),
                _ => (float)x,
            }),
            ElementType.Float16 => result.Map(x => (double)(Half)x),
            ElementType.BFloat16 => result.Map(Brain.Round),
            _ => result,
        };
}
