namespace Toolchain.Graph.Operators;

/// <summary>
/// One ONNX operator: its shape rule and its float64 meaning. Adding one is a line in a family file; the builder, the checker and the
/// evaluator know it from there.
/// </summary>
/// <param name="Name">ONNX's name.</param>
/// <param name="MinimumOpset">First opset of the form defined here.</param>
/// <param name="Infer">Types of the outputs from the types of the inputs.</param>
/// <param name="Evaluate">Values of the outputs in float64.</param>
sealed record Operator(string Name, int MinimumOpset, Func<TypeScope, TensorType[]> Infer, Func<ValueScope, NdArray[]> Evaluate);

/// <summary>What a shape rule sees of a node.</summary>
sealed class TypeScope(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorData?> constants,
    Func<OnnxModel, IReadOnlyDictionary<string, TensorType>> check)
{
    public Attributes Attributes => node.Attributes;

    public int InputCount => inputs.Count;

    public int OutputCount => node.Outputs.Count;

    public TensorType this[int index] =>
        Optional(index) ?? throw new GraphException($"input {index} is missing; {node.Inputs.Count} given.");

    public TensorType? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    /// <summary>The value of an input that is a constant, or null.</summary>
    public TensorData? Constant(int index) => index < constants.Count ? constants[index] : null;

    /// <summary>A subgraph.</summary>
    public OnnxModel Body(string name) =>
        Attributes[name] as OnnxModel
        ?? throw new GraphException($"attribute '{name}' must be a graph, found {Attributes[name].GetType().Name}.");

    /// <summary>Checks a subgraph among the names around the node; the type of every tensor that it makes.</summary>
    public IReadOnlyDictionary<string, TensorType> Check(OnnxModel body) => check(body);

    /// <summary>Axes given as an input (newer opsets) or as an attribute (older ones); null when neither is there.</summary>
    public long[]? Axes(int input) => Attributes.Ints("axes") ?? (Optional(input) is null || Constant(input) is not null
        ? Constant(input)?.ToInt64s()
        : throw new GraphException("'axes' must be a constant."));
}

/// <summary>What an evaluation sees of a node.</summary>
sealed class ValueScope(Node node, IReadOnlyList<NdArray?> inputs, Func<OnnxModel, IReadOnlyList<NdArray>, NdArray[]> run)
{
    public Attributes Attributes => node.Attributes;

    public int InputCount => inputs.Count;

    public int OutputCount => node.Outputs.Count;

    public NdArray this[int index] => Optional(index) ?? throw new GraphException($"input {index} is missing.");

    public NdArray? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    public long[]? Axes(int input) => Attributes.Ints("axes") ?? Optional(input)?.ToInt64s();

    /// <summary>Runs a subgraph among the values around the node; its outputs in order.</summary>
    public NdArray[] Run(OnnxModel body, IReadOnlyList<NdArray> arguments) => run(body, arguments);
}
