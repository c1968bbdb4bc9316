using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;

namespace Toolchain.Graph.Passes;

/// <summary>
/// Computes nodes whose inputs are all constant, in float64, and keeps their results as weights under the name of the result.
/// </summary>
static class ConstantFolding
{
    // A result may be larger than what it is made from, such as an expanded mask; beyond this the file would grow for nothing.
    const long MostGrowthBytes = 1 << 16;

    // Beyond 2^53 a double no longer distinguishes whole numbers.
    const double LargestInteger = 9007199254740992;

    public static OnnxModel Apply(OnnxModel model)
    {
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(model);
        HashSet<string> outputs = [.. model.Outputs.Select(output => output.Name)];
        var weights = new List<KeyValuePair<string, TensorData>>(model.Initializers);
        Dictionary<string, TensorData> constants = weights.ToDictionary(pair => pair.Key, pair => pair.Value);
        var kept = new List<Node>();
        var garbage = new Garbage();
        foreach (Node node in model.Nodes)
        {
            // A loop may run long, and reads more than its inputs.
            bool fixedInputs = !Subgraphs.Of(node).Any() && node.Inputs.All(name => name == "" || constants.ContainsKey(name))
                && !node.Outputs.Any(outputs.Contains);
            if (!fixedInputs || Compute(node, model.Opset, constants, types, garbage) is not TensorData[] results)
            {
                kept.Add(node);
                continue;
            }
            foreach ((string name, TensorData result) in node.Outputs.Zip(results).Where(pair => pair.First != ""))
            {
                constants[name] = result;
                weights.Add(KeyValuePair.Create(name, result));
            }
        }
        return model.With(kept, weights);
    }

    // The results in order, null! for one without a name; null where the node is better kept.
    static TensorData[]? Compute(Node node, int opset, Dictionary<string, TensorData> constants,
        IReadOnlyDictionary<string, TensorType> types, Garbage garbage)
    {
        // Weights in bfloat16 would take twice as much.
        if (node.Op == "Cast" && constants[node.Inputs[0]].Type == ElementType.BFloat16)
        {
            return null;
        }
        TensorType[] expected = [.. node.Outputs.Where(name => name != "").Select(name => types[name])];
        long inputBytes = node.Inputs.Where(name => name != "").Sum(name => constants[name].ByteCount);
        if (!expected.All(type => type.Shape.IsFixed) || expected.Sum(Bytes) > inputBytes + MostGrowthBytes)
        {
            return null;
        }
        if (node.Op == "Transpose" && constants[node.Inputs[0]] is TensorData { Content.IsSingleSegment: true } whole)
        {
            return [ConstantTranspose.Of(whole, node.Attributes)];
        }
        var inputs = node.Inputs.Where(name => name != "").Distinct().ToDictionary(name => name, name => NdArray.From(constants[name]));
        NdArray[] results = Evaluator.Run(node, opset, inputs);
        garbage.Drop(inputs.Values.Concat(results).Sum(array => array.HeldBytes));
        bool isExact = results.All(result => result.Type.IsFloat() || result.Data.All(value => Math.Abs(value) <= LargestInteger));
        return isExact
            ? [.. results.Zip(node.Outputs, (result, name) =>
                name == "" ? null! : new NdArray(result.Data, result.Dims, types[name].Element).ToTensor())]
            : null;
    }

    static double Bytes(TensorType type) =>
        type.Shape.Aggregate((double)type.Element.SizeBytes(), (product, dim) => product * dim.Size!.Value);
}
