using Toolchain.Graph.Checking;

namespace Toolchain.Graph.Passes;

/// <summary>
/// Computes in float16 what a graph computes in float32: weights are rounded, inputs and outputs stay float32 through Cast nodes. Float64
/// and integer parts stay as they are. Finite constants beyond 65504 are clamped to it, and those that would vanish take the smallest half,
/// so that a guard such as 1e-12 still guards.
/// </summary>
public static class HalfPrecision
{
    // The largest finite half, and the smallest above 0.
    const double Largest = 65504, Smallest = 5.9604644775390625e-8;

    // ONNX defines these for wider types only; they keep float32 between two casts.
    static readonly HashSet<string> wide = ["Range", "IsInf", "Celu", "CumSum"];

    /// <summary>The same graph in half precision.</summary>
    /// <param name="model">A checked model.</param>
    /// <exception cref="GraphException">The model does not check.</exception>
    public static OnnxModel Apply(OnnxModel model)
    {
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(model);
        // Resize takes its region and scales as float32 beside an image of any type.
        HashSet<string> kept = [.. model.Nodes.Where(node => node.Op == "Resize").SelectMany(node => node.Inputs.Skip(1).Take(2))
            .Where(name => name != "")];
        HashSet<string> outputs = [.. model.Outputs.Select(output => output.Name)];
        if (model.Nodes.FirstOrDefault(node => Subgraphs.Of(node).Any()) is Node outer)
        {
            throw new GraphException($"node '{outer.Name}' ({outer.Op}): a graph with subgraphs cannot be made half.");
        }
        var nodes = new List<Node>();
        foreach (string name in model.Inputs.Select(input => input.Name).Where(IsFloat))
        {
            nodes.Add(Cast(name, Half(name), ElementType.Float16));
        }
        foreach (Node node in model.Nodes)
        {
            bool isWide = wide.Contains(node.Op);
            foreach (string name in node.Inputs.Where(name => isWide && IsFloat(name)).Distinct())
            {
                nodes.Add(Cast(Half(name), $"{node.Name}/{name}.wide", ElementType.Float32));
            }
            nodes.Add(node with
            {
                Inputs =
                    [.. node.Inputs.Select((name, i) => !IsFloat(name) || (node.Op == "Resize" && i is 1 or 2) ? name : isWide
                    ? $"{node.Name}/{name}.wide" : Half(name))],
                Outputs = [.. node.Outputs.Select(name => !IsFloat(name) ? name : isWide ? $"{name}.wide" : Half(name))],
                Attributes = isWide ? node.Attributes : Halved(node.Attributes, node.Op),
            });
            foreach (string name in node.Outputs.Where(name => isWide && IsFloat(name)))
            {
                nodes.Add(Cast($"{name}.wide", Half(name), ElementType.Float16));
            }
        }
        nodes.AddRange(model.Outputs.Where(output => IsFloat(output.Name))
            .Select(output => Cast(Half(output.Name), output.Name, ElementType.Float32)));
        return model.With(nodes, [.. model.Initializers.SelectMany(Weights)]).Apply(GraphPasses.DeadNodes);

        bool IsFloat(string name) => name != "" && types[name].Element == ElementType.Float32;

        // Weights keep their names; what is float32 outside of the graph, and its copies, cannot.
        string Half(string name) => outputs.Contains(name) || kept.Contains(name) || model.Inputs.Any(input => input.Name == name)
            ? $"{name}.half" : name;

        IEnumerable<KeyValuePair<string, TensorData>> Weights(KeyValuePair<string, TensorData> pair)
        {
            if (!IsFloat(pair.Key) || kept.Contains(pair.Key))
            {
                yield return pair;
            }
            if (IsFloat(pair.Key))
            {
                yield return KeyValuePair.Create(Half(pair.Key), Halved(pair.Value));
            }
        }
    }

    static Node Cast(string from, string to, ElementType type) =>
        new("Cast", $"{to}/Cast", [from], [to], new Attributes { ["to"] = (long)type });

    static Attributes Halved(Attributes attributes, string op)
    {
        var halved = new Attributes();
        foreach ((string name, object value) in attributes)
        {
            halved[name] = value switch
            {
                TensorData { Type: ElementType.Float32 } tensor => Halved(tensor),
                long type when op == "Cast" && name == "to" && type == (long)ElementType.Float32 => (long)ElementType.Float16,
                _ => value,
            };
        }
        return halved;
    }

    static TensorData Halved(TensorData tensor) => TensorData.FromDoubles(
        Array.ConvertAll(tensor.ToDoubles(), value => !double.IsFinite(value) || value == 0 ? value
        : Math.CopySign(Math.Clamp(Math.Abs(value), Smallest, Largest), value)), tensor.Sizes, ElementType.Float16);
}
