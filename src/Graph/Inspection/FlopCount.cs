using Toolchain.Graph.Checking;

namespace Toolchain.Graph.Inspection;

/// <summary>Floating-point operations of a model by its shapes: a multiplication with its addition counts as two.</summary>
public static class FlopCount
{
    // They move or rename elements.
    static readonly HashSet<string> free =
    [
        "Cast", "Concat", "Constant", "ConstantOfShape", "DepthToSpace", "Expand", "Flatten", "Gather", "GatherElements", "GatherND",
        "Identity", "OneHot", "Pad", "Range", "Reshape", "ScatterElements", "ScatterND", "Shape", "Slice", "SpaceToDepth", "Split",
        "Squeeze", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where",
    ];

    /// <summary>Operations for one row of <paramref name="model"/>: named axes count as 1. Null where a shape is unknown.</summary>
    /// <exception cref="GraphException">The model does not check.</exception>
    public static double? PerRow(OnnxModel model) => PerRow(model, GraphChecker.Check(model));

    /// <summary>Operations at fixed shapes of the inputs; null where a shape inside cannot be told from them.</summary>
    /// <param name="model">A checked model.</param>
    /// <param name="inputs">A shape for each input.</param>
    public static double? Of(OnnxModel model, IReadOnlyList<Shape> inputs)
    {
        try
        {
            return PerRow(model, FixedShapes.Of(model, inputs));
        }
        catch (GraphException)
        {
            return null;
        }
    }

    /// <summary>Operations for one row: named axes count as 1. Null where a shape is unknown.</summary>
    /// <param name="model">A checked model.</param>
    /// <param name="types">What the checker found.</param>
    public static double? PerRow(OnnxModel model, IReadOnlyDictionary<string, TensorType> types) =>
        model.Nodes.Aggregate((double?)0, (sum, node) => sum + Count(node, name => types[name].Shape));

    /// <summary>Elements of all tensors together, named axes as 1; null where a shape is unknown.</summary>
    public static double? Elements(IReadOnlyDictionary<string, TensorType> types) =>
        types.Values.Aggregate((double?)0, (sum, type) => sum + Elements(type.Shape));

    static double? Count(Node node, Func<string, Shape> shapeOf)
    {
        if (free.Contains(node.Op))
        {
            return 0;
        }
        Shape[] inputs = [.. node.Inputs.Where(name => name != "").Select(shapeOf)];
        Shape output = shapeOf(node.Outputs.First(name => name != ""));
        switch (node.Op)
        {
            case "Conv": // weight [out, in/groups, kernel...]
                return 2 * Elements(output) * Elements(inputs[1]) / Size(inputs[1][0]);
            case "ConvTranspose": // weight [in, out/groups, kernel...]
                return 2 * Elements(inputs[0]) * Elements(inputs[1]) / Size(inputs[1][0]);
            case "Gemm":
                return 2 * Elements(output) * Size(inputs[0][node.Attributes.Int("transA", 0) == 0 ? 1 : 0]);
            case "MatMul":
                return 2 * Elements(output) * Size(inputs[0][^1]);
            case "MaxPool" or "AveragePool" or "LpPool":
                return Elements(output) * node.Attributes.Ints("kernel_shape")!.Aggregate(1.0, (product, size) => product * size);
            case "RNN" or "GRU" or "LSTM": // x [steps, batch, in], w [directions, gates*hidden, in], r [directions, gates*hidden, hidden]
                return 2 * Size(inputs[0][0]) * Size(inputs[0][1]) * (Elements(inputs[1]) + Elements(inputs[2]));
            case "Einsum": // one product for each combination of the letters
                return 2 * Letters(node, inputs).Values.Aggregate((double?)1, (product, dim) => product * Size(dim));
            case "Loop" or "If":
                return null;
            default:
                return inputs.Append(output).Max(Elements);
        }
    }

    // The axis of each letter; unknown where an ellipsis hides some.
    static Dictionary<char, Dim> Letters(Node node, Shape[] inputs)
    {
        string[] terms = node.Attributes.Text("equation", "").Replace(" ", "", StringComparison.Ordinal).Split("->")[0].Split(',');
        var letters = new Dictionary<char, Dim>();
        foreach ((string term, Shape shape) in terms.Zip(inputs))
        {
            for (int i = 0; i < term.Length; i++)
            {
                letters[term[i]] = i < shape.Count && !term.Contains('.') ? shape[i] : Dim.Unknown;
            }
        }
        return letters;
    }

    static double? Elements(Shape shape) => shape.Aggregate((double?)1, (product, dim) => product * Size(dim));

    static double? Size(Dim dim) => dim.Size ?? (dim.Name is null ? null : 1);
}
