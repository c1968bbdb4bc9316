using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Passes;

namespace Toolchain.Export.Conversion;

/// <summary>
/// From opset 23 on, x / sqrt(mean(x^2) + epsilon) * scale over the last axes is one node, RMSNormalization, however a module spells it:
/// with a product or a power, a division or a reciprocal, the scale before or behind.
/// </summary>
sealed class RmsNormFusion
{
    const int FirstOpset = 23;

    readonly OnnxModel model;
    readonly Dictionary<string, Node> makers;
    readonly Dictionary<string, TensorData> constants;
    readonly Dictionary<string, int> readers;
    readonly IReadOnlyDictionary<string, TensorType> types;

    RmsNormFusion(OnnxModel model)
    {
        this.model = model;
        makers = model.Nodes.SelectMany(node => node.Outputs.Where(name => name != "").Select(name => (name, node))).ToDictionary();
        constants = model.Initializers.ToDictionary(pair => pair.Key, pair => pair.Value);
        readers = model.Nodes.SelectMany(node => node.Inputs).Concat(model.Outputs.Select(output => output.Name)).CountBy(name => name)
            .ToDictionary();
        types = GraphChecker.Check(model);
    }

    /// <summary>The model with such nodes; below opset 23 the model itself.</summary>
    public static OnnxModel Apply(OnnxModel model) => model.Opset < FirstOpset ? model : new RmsNormFusion(model).Run();

    OnnxModel Run()
    {
        var nodes = new List<Node>(model.Nodes);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Op == "Mul" && Match(nodes[i]) is Node fused)
            {
                nodes[i] = fused;
            }
        }
        return model.WithNodes(nodes);
    }

    // scale * (x / sqrt(mean(x^2) + epsilon)), the scale a constant over the normalised axes.
    Node? Match(Node product)
    {
        foreach ((string scale, string normalized) in Both(product))
        {
            if (!constants.TryGetValue(scale, out TensorData? weight) || Once(normalized) is not Node division)
            {
                continue;
            }
            (string, string)[] quotients = division.Op switch
            {
                "Div" => [(division.Inputs[0], division.Inputs[1])],
                "Mul" => [.. Both(division).Where(pair => Once(pair.Item2)?.Op == "Reciprocal")
                    .Select(pair => (pair.Item1, makers[pair.Item2].Inputs[0]))],
                _ => [],
            };
            foreach ((string x, string root) in quotients)
            {
                if (Once(root, "Sqrt") is Node sqrt && Once(sqrt.Inputs[0], "Add") is Node sum && Mean(sum, x) is (int axes, double epsilon)
                    && weight.Sizes.SequenceEqual(types[x].Shape.TakeLast(axes).Select(dim => dim.Size ?? -1))
                        && weight.Type == types[x].Element)
                {
                    return new Node("RMSNormalization", product.Name, [x, scale], product.Outputs,
                        new Attributes { ["axis"] = (long)-axes, ["epsilon"] = epsilon });
                }
            }
        }
        return null;
    }

    // Number of axes and epsilon of mean(x^2) + epsilon over the last axes.
    (int Axes, double Epsilon)? Mean(Node sum, string x)
    {
        foreach ((string constant, string mean) in Both(sum))
        {
            if (constants.TryGetValue(constant, out TensorData? epsilon) && epsilon.Count == 1 && Once(mean, "ReduceMean") is Node reduce
                && reduce.Attributes.Int("keepdims", 1) == 1 && Once(reduce.Inputs[0]) is Node square && IsSquare(square, x)
                && reduce.Inputs.Count > 1 && constants.TryGetValue(reduce.Inputs[1], out TensorData? axes))
            {
                int rank = types[x].Shape.Count;
                long[] reduced = [.. axes.ToInt64s().Select(axis => axis < 0 ? axis + rank : axis).Order()];
                return reduced.SequenceEqual(Enumerable.Range(rank - reduced.Length, reduced.Length).Select(axis => (long)axis))
                    ? (reduced.Length, epsilon.ToDoubles()[0]) : null;
            }
        }
        return null;
    }

    bool IsSquare(Node node, string x) => node.Inputs[0] == x && (node.Op switch
    {
        "Mul" => node.Inputs[1] == x,
        "Pow" => constants.TryGetValue(node.Inputs[1], out TensorData? power) && power.Count == 1 && power.ToDoubles()[0] == 2,
        _ => false,
    });

    // The node that makes a result which nothing else reads.
    Node? Once(string name, string? op = null) =>
        readers.GetValueOrDefault(name) == 1 && makers.TryGetValue(name, out Node? node) && (op is null || node.Op == op) ? node : null;

    static (string, string)[] Both(Node node) => [(node.Inputs[0], node.Inputs[1]), (node.Inputs[1], node.Inputs[0])];
}
