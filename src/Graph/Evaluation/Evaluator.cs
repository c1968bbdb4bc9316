using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Evaluation;

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
    public static IReadOnlyDictionary<string, TensorData> Run(OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs) =>
        Run(model, inputs, phase: null);

    /// <summary>Runs <paramref name="model"/>, with the result of each node rounded to its element type: what rounding costs.</summary>
    /// <param name="model">A checked model.</param>
    /// <param name="inputs">A tensor for each input, by name.</param>
    /// <param name="phase">
    /// 0, 1 or 2. Of the elements of a float32 result that are not exact a third is rounded up, one down and one to the nearest; this says
    /// which.
    /// </param>
    /// <exception cref="GraphException">An input is missing or has another shape, or an operator cannot run.</exception>
    public static IReadOnlyDictionary<string, TensorData> RunRounded(
        OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs, int phase) => Run(model, inputs, (int?)phase);

    static Dictionary<string, TensorData> Run(
        OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs, int? phase)
    {
        var values = model.Inputs.ToDictionary(input => input.Name, input => NdArray.From(Matching(input, inputs)));
        return model.Outputs.Zip(Run(model, values, phase)).ToDictionary(pair => pair.First.Name, pair => Widened(pair.Second));
    }

    // values: the inputs, and for a subgraph what it captures; they are dropped as the weights are.
    static NdArray[] Run(OnnxModel model, Dictionary<string, NdArray> values, int? phase = null)
    {
        // Weights are widened when they are needed, and what no later node reads is dropped: a large model would not fit otherwise.
        Dictionary<string, TensorData> weights = model.Initializers.ToDictionary(pair => pair.Key, pair => pair.Value);
        Dictionary<string, int> readers = model.Nodes.SelectMany(Subgraphs.Reads).Concat(model.Outputs.Select(output => output.Name))
            .CountBy(name => name).ToDictionary();
        var garbage = new Garbage();
        foreach (Node node in model.Nodes)
        {
            Widen(Subgraphs.Reads(node));
            NdArray[] results = Run(node, model.Opset, values);
            foreach ((string name, NdArray result) in node.Outputs.Zip(results).Where(pair => readers.ContainsKey(pair.First)))
            {
                values[name] = phase is int third ? Rounding.Of(node.Op, result, third) : result;
            }
            foreach (string name in Subgraphs.Reads(node).Where(name => --readers[name] == 0))
            {
                garbage.Drop(values.Remove(name, out NdArray? last) ? last.HeldBytes : 0);
            }
        }
        Widen(model.Outputs.Select(output => output.Name));
        return [.. model.Outputs.Select(output => values[output.Name])];

        void Widen(IEnumerable<string> names)
        {
            foreach (string name in names.Where(name => !values.ContainsKey(name) && weights.ContainsKey(name)))
            {
                values[name] = NdArray.From(weights[name]);
            }
        }
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
    internal static NdArray[] Run(Node node, int opset, IReadOnlyDictionary<string, NdArray> values) => NodeErrors.Named(node, () =>
    {
        NdArray?[] inputs = [.. node.Inputs.Select(name => name == "" ? null : values[name])];
        return OperatorRegistry.Find(node.Op, opset)
            .Evaluate(new ValueScope(node, inputs, (body, arguments) => RunBody(body, arguments, values)));
    });

    static NdArray[] RunBody(OnnxModel body, IReadOnlyList<NdArray> arguments, IReadOnlyDictionary<string, NdArray> around)
    {
        var values = Subgraphs.Captured(body).ToDictionary(name => name, name => around[name]);
        foreach ((Value input, NdArray argument) in body.Inputs.Zip(arguments))
        {
            values[input.Name] = argument;
        }
        return Run(body, values);
    }

    static TensorData Widened(NdArray value) =>
        new NdArray(value.Data, value.Dims, value.Type.IsFloat() ? ElementType.Float64 : value.Type).ToTensor();
}
