using System.Globalization;
using System.Text.RegularExpressions;

namespace Toolchain.Graph.Passes;

/// <summary>
/// Makes one of equal nodes on equal inputs, and of equal constants that <c>GraphBuilder.Constant</c> named by number. Weights with
/// names of their own stay, even equal ones: their names are keys of a state dict.
/// </summary>
static partial class DuplicateRemoval
{
    public static OnnxModel Apply(OnnxModel model)
    {
        HashSet<string> outputs = [.. model.Outputs.Select(output => output.Name)];
        Dictionary<string, string> rename = [], constants = [];
        var firsts = new Dictionary<string, Node>();
        var weights = new List<KeyValuePair<string, TensorData>>();
        foreach ((string name, TensorData tensor) in model.Initializers)
        {
            if (outputs.Contains(name) || !Nameless().IsMatch(name) || constants.TryAdd(Text(tensor), name))
            {
                weights.Add(KeyValuePair.Create(name, tensor));
            }
            else
            {
                rename[name] = constants[Text(tensor)];
            }
        }
        var kept = new List<Node>();
        foreach (Node old in model.Nodes)
        {
            Node node = Subgraphs.Rename(old, name => rename.GetValueOrDefault(name, name));
            string key =
                $"{(StopGradient.Is(node) ? StopGradient.Name : node.Op)}({string.Join("|", node.Inputs)}) {node.Outputs.Count} "
                + $"{string.Join("|", node.Attributes.Select(pair => $"{pair.Key}={Text(pair.Value)}"))}";
            bool isFirst = Subgraphs.Of(node).Any() || firsts.TryAdd(key, node);
            // An output of the graph keeps its own node.
            if (isFirst || node.Outputs.Any(outputs.Contains))
            {
                kept.Add(node);
                continue;
            }
            foreach ((string name, string first) in node.Outputs.Zip(firsts[key].Outputs))
            {
                rename[name] = first;
            }
        }
        return model.With(kept, weights);
    }

    static string Text(object value) => value switch
    {
        TensorData tensor => $"{tensor.Type}[{string.Join(",", tensor.Sizes)}]{tensor.Digest()}",
        long[] numbers => string.Join(",", numbers),
        float[] numbers => string.Join(",", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))),
        string[] texts => string.Join(",", texts.Select(text => $"'{text}'")),
        float number => $"{number.ToString("R", CultureInfo.InvariantCulture)}f",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"^constant(_\d+)?$")]
    private static partial Regex Nameless();
}
