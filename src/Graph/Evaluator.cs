using Toolchain.Graph.Operators;

namespace Toolchain.Graph;

/// <summary>
/// Runs a model in float64 with plain loops: slow and obviously right. It is the oracle of tests and parity reports, and shares no code
/// with any runtime.
/// </summary>
public static class Evaluator
{
    /// <summary>Runs <paramref name="model"/>.</summary>
    /// <param name="model">A checked model.</param>
    /// <param name="inputs">A tensor for each input, by name. Elements are widened to float64 and never rounded on the way.</param>
    /// <returns>The outputs by name, elements as float64 whatever the declared type (int64 for indices).</returns>
    /// <exception cref="GraphException">An input is missing or has another shape, or an operator cannot run.</exception>
    public static IReadOnlyDictionary<string, TensorData> Run(OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        var values = model.Initializers.ToDictionary(pair => pair.Key, pair => NdArray.From(pair.Value));
        foreach (Value input in model.Inputs)
        {
            values[input.Name] = NdArray.From(Matching(input, inputs));
        }
        foreach (Node node in model.Nodes)
        {
            NdArray[] results = Run(node, model.Opset, values);
            foreach ((string name, NdArray result) in node.Outputs.Zip(results))
            {
                values[name] = result;
            }
        }
        return model.Outputs.ToDictionary(output => output.Name, output => Widened(values[output.Name]));
    }

    static TensorData Matching(Value input, IReadOnlyDictionary<string, TensorData> inputs)
    {
        if (!inputs.TryGetValue(input.Name, out TensorData? tensor))
        {
            throw new GraphException($"input '{input.Name}' is missing; given are {string.Join(", ", inputs.Keys.Order())}.");
        }
        return input.Shape.IsCompatibleWith(Shape.Of(tensor.Sizes))
            ? tensor
            : throw new GraphException($"input '{input.Name}' must be {input.Shape}, found [{string.Join(",", tensor.Sizes)}].");
    }

    /// <summary>Runs one node on <paramref name="values"/>, which hold its inputs by name.</summary>
    internal static NdArray[] Run(Node node, int opset, IReadOnlyDictionary<string, NdArray> values)
    {
        try
        {
            return OperatorRegistry.Find(node.Op, opset).Evaluate(new ValueScope(node, [.. node.Inputs.Select(name => name == "" ? null : values[name])]));
        }
        catch (GraphException error)
        {
            throw new GraphException($"node '{node.Name}' ({node.Op}): {error.Message}");
        }
        catch (Exception error) when (Inference.IsMalformed(error))
        {
            throw new GraphException($"node '{node.Name}' ({node.Op}): inputs or attributes are malformed ({error.Message.ReplaceLineEndings(" ")}).");
        }
    }

    static TensorData Widened(NdArray value) =>
        new NdArray(value.Data, value.Dims, value.Type.IsFloat() ? ElementType.Float64 : value.Type).ToTensor();
}
