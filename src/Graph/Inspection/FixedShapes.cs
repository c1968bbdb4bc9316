using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;

namespace Toolchain.Graph.Inspection;

/// <summary>
/// Types of all tensors of a model at fixed shapes of its inputs; what is calculated from shapes alone, such as the sizes for a Reshape, is
/// calculated.
/// </summary>
static class FixedShapes
{
    // Sizes, positions and the like; larger tensors are data.
    const long MostElements = 1 << 12;

    /// <exception cref="GraphException">The model does not fit the shapes.</exception>
    public static IReadOnlyDictionary<string, TensorType> Of(OnnxModel model, IReadOnlyList<Shape> inputs)
    {
        var types = new Dictionary<string, TensorType>();
        var constants = new Dictionary<string, TensorData>();
        foreach ((string name, TensorData tensor) in model.Initializers)
        {
            (types[name], constants[name]) = (new TensorType(tensor.Type, Shape.Of(tensor.Sizes)), tensor);
        }
        foreach ((Value input, Shape shape) in model.Inputs.Zip(inputs))
        {
            types[input.Name] = input.Type with { Shape = shape };
        }
        foreach (Node node in model.Nodes)
        {
            TensorType[] results = GraphChecker.Infer(node, model.Opset, types.GetValueOrDefault, constants.GetValueOrDefault);
            foreach ((string name, TensorType type) in node.Outputs.Zip(results).Where(pair => pair.First != ""))
            {
                types[name] = type;
            }
            foreach ((string name, TensorData known) in Known(node, model.Opset, types, constants))
            {
                (types[name], constants[name]) = (new TensorType(known.Type, Shape.Of(known.Sizes)), known);
            }
        }
        return types;
    }

    static IEnumerable<(string Name, TensorData Value)> Known(Node node, int opset, Dictionary<string, TensorType> types,
        Dictionary<string, TensorData> constants)
    {
        if (Subgraphs.Of(node).Any())
        {
            return [];
        }
        Dictionary<string, NdArray> values = [];
        foreach (string name in node.Inputs.Where(name => name != "").Distinct())
        {
            if (constants.TryGetValue(name, out TensorData? constant) && constant.Count <= MostElements)
            {
                values[name] = NdArray.From(constant);
            }
            else if (node.Op == "Shape" && types[name].Shape.IsFixed)
            {
                // Its elements are not read.
                values[name] = new NdArray([], [.. types[name].Shape.Sizes.Select(size => (int)size)], types[name].Element);
            }
            else
            {
                return [];
            }
        }
        NdArray[] results = Evaluator.Run(node, opset, values);
        return node.Outputs.Zip(results).Where(pair => pair.First != "").Select(pair => (pair.First, pair.Second.ToTensor()));
    }
}
