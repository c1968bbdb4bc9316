using Toolchain.Graph.Checking;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Building;

/// <summary>
/// Builds a graph node by node. Every call checks its operator's rule at once and returns the typed result, so a wrong graph fails where it
/// is written. Names are made unique by a counter in order of the calls: the same calls give the same bytes.
/// </summary>
/// <param name="name">Name of the graph.</param>
/// <param name="opset">Version of the operators, 13..23.</param>
public sealed partial class GraphBuilder(string name = "model", int opset = 17)
{
    readonly List<Value> inputs = [], outputs = [];
    readonly List<Node> nodes = [];
    readonly List<KeyValuePair<string, TensorData>> initializers = [];
    readonly Dictionary<string, TensorData> constants = [];
    readonly Dictionary<string, Value> values = [];
    Dictionary<string, int> counters = []; // those of the graph around a body: names are unique in both

    /// <summary>Version of the operators.</summary>
    public int Opset { get; } = opset is >= OnnxModel.LowestOpset and <= OnnxModel.HighestOpset
        ? opset
        : throw new ArgumentOutOfRangeException(nameof(opset), $"'{nameof(opset)}' must be in [13..23], was {opset}.");

    /// <summary>The nodes so far.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>Prefix of the names of the nodes that follow: the path of the module that is being built, or "".</summary>
    public string Scope { get; set; } = "";

    /// <summary>Adds an input.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public Value Input(string name, ElementType type, Shape shape)
    {
        Value input = Define(name, new TensorType(type, shape));
        inputs.Add(input);
        return input;
    }

    /// <summary>Adds a constant under its own name, such as a key of a state dict.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public Value Initializer(string name, TensorData tensor)
    {
        Value value = Define(name, new TensorType(tensor.Type, Shape.Of(tensor.Sizes)));
        initializers.Add(new(name, tensor));
        constants.Add(name, tensor);
        return value;
    }

    /// <summary>Adds a constant that has no name of its own.</summary>
    public Value Constant(TensorData tensor) => Initializer(Unique("constant"), tensor);

    /// <summary>The elements of <paramref name="value"/> if it is a constant, otherwise null.</summary>
    public TensorData? ConstantOf(Value value) => ConstantOf(value.Name);

    /// <summary>A scalar of the element type of <paramref name="like"/>.</summary>
    public Value Scalar(double value, Value like) => Constant(TensorData.Scalar(value, like.Type.Element));

    /// <summary>Applies an operator with one output.</summary>
    /// <param name="op">ONNX operator name.</param>
    /// <param name="inputs">Inputs in ONNX's order; null where an optional one is left out.</param>
    /// <param name="attributes">Attributes, or null for none.</param>
    /// <exception cref="GraphException">The operator is unknown, or its rule is broken.</exception>
    public Value Apply(string op, IReadOnlyList<Value?> inputs, Attributes? attributes = null) => Apply(op, inputs, attributes, 1)[0];

    /// <summary>Applies an operator with <paramref name="outputCount"/> outputs; otherwise as the one with a single output.</summary>
    /// <returns>The outputs in ONNX's order.</returns>
    /// <exception cref="GraphException">The operator is unknown, or its rule is broken.</exception>
    public Value[] Apply(string op, IReadOnlyList<Value?> inputs, Attributes? attributes, int outputCount) =>
        ApplyCast(op, inputs, attributes, outputCount) ?? ApplyPlain(op, inputs, attributes, outputCount);

    Value[] ApplyPlain(string op, IReadOnlyList<Value?> inputs, Attributes? attributes, int outputCount)
    {
        string nodeName;
        string[] results;
        do
        {
            nodeName = Unique(Scope == "" ? op : $"{Scope}/{op}");
            results = [.. Enumerable.Range(0, outputCount).Select(i => outputCount == 1 ? $"{nodeName}.out" : $"{nodeName}.out{i}")];
        }
        while (results.Any(result => IsTaken(result) || counters.ContainsKey(result)));
        var node = new Node(op, nodeName, [.. inputs.Select(input => input?.Name ?? "")], results, attributes ?? new Attributes());
        TensorType[] types = GraphChecker.Infer(node, Opset, TypeOf, ConstantOf);
        nodes.Add(node);
        return [.. results.Select((result, i) => Define(result, types[i]))];
    }

    /// <summary>The same tensor with the axes of <paramref name="shape"/> where inference left them unknown.</summary>
    /// <exception cref="GraphException">The shape contradicts the inferred one.</exception>
    public Value Refine(Value value, Shape shape)
    {
        if (!shape.IsCompatibleWith(value.Shape))
        {
            throw new GraphException($"'{value.Name}' is {value.Shape} and cannot be {shape}.");
        }
        Shape refined = new(value.Shape.Zip(shape, (inferred, known) => inferred == Dim.Unknown ? known : inferred));
        return values[value.Name] = value with { Type = value.Type with { Shape = refined } };
    }

    /// <summary>
    /// Makes <paramref name="value"/> an output called <paramref name="name"/>. The shape to declare may name what inference left unknown.
    /// </summary>
    /// <exception cref="GraphException">The declared shape contradicts the inferred one, or the name is taken.</exception>
    public void Output(string name, Value value, Shape? shape = null)
    {
        Value renamed = Apply("Identity", [value]);
        nodes[^1] = nodes[^1] with { Outputs = [name] };
        values.Remove(renamed.Name);
        if (shape is not null && !shape.IsCompatibleWith(value.Shape))
        {
            throw new GraphException($"output '{name}' is declared {shape}, but is {value.Shape}.");
        }
        outputs.Add(Define(name, value.Type with { Shape = shape ?? value.Shape }));
    }

    /// <summary>Copies the nodes and weights of <paramref name="model"/> in, feeding its inputs by <paramref name="arguments"/>.</summary>
    /// <param name="model">A checked model whose operators this graph's opset has.</param>
    /// <param name="arguments">One tensor of this graph for each input, in order.</param>
    /// <returns>The model's outputs by name.</returns>
    /// <exception cref="GraphException">Arguments are more or fewer than inputs, or one does not fit the model.</exception>
    public IReadOnlyDictionary<string, Value> Inline(OnnxModel model, params IReadOnlyList<Value> arguments)
    {
        if (arguments.Count != model.Inputs.Count)
        {
            throw new GraphException($"model '{model.Name}': expected {model.Inputs.Count} arguments, one for each input, found "
                + $"{arguments.Count}.");
        }
        var names = model.Inputs.Zip(arguments).ToDictionary(pair => pair.First.Name, pair => pair.Second.Name);
        foreach ((string name, TensorData tensor) in model.Initializers)
        {
            names[name] = Initializer(Unique(name), tensor).Name;
        }
        foreach (Node node in model.Nodes)
        {
            // What a body captures is called otherwise here, and what it makes must not take a name of this graph.
            Attributes attributes = Subgraphs.Rename(node.Attributes, inner => names.TryGetValue(inner, out string? known) ? known
                : names[inner] = Unique(inner));
            Value[] results = Apply(node.Op, [.. node.Inputs.Select(input => input == "" ? null : Find(names[input]))], attributes,
                node.Outputs.Count);
            string own = StopGradient.Is(node) ? Unique(node.Name) : counters.TryAdd(node.Name, 1) ? node.Name : nodes[^1].Name;
            nodes[^1] = nodes[^1] with { Name = own };
            foreach ((string output, Value result) in node.Outputs.Zip(results))
            {
                names[output] = result.Name;
            }
        }
        return model.Outputs.ToDictionary(output => output.Name, output => Find(names[output.Name]));
    }

    /// <summary>The finished model, by default without what no output needs.</summary>
    /// <param name="metadata">Free texts by key.</param>
    /// <param name="documentation">Text for a reader of the file.</param>
    /// <param name="passes">What to do to the graph.</param>
    /// <exception cref="GraphException">The graph has no output.</exception>
    public OnnxModel Build(IReadOnlyDictionary<string, string>? metadata = null, string documentation = "",
        GraphPasses passes = GraphPasses.DeadNodes | GraphPasses.Identities) => outputs.Count == 0
        ? throw new GraphException($"graph '{name}' has no output; call Output before Build.")
        : new OnnxModel
        {
            Opset = Opset,
            Name = name,
            Documentation = documentation,
            Inputs = inputs,
            Outputs = outputs,
            Initializers = initializers,
            Nodes = nodes,
            Metadata = metadata ?? new Dictionary<string, string>(),
        }.Apply(passes);

    Value Define(string tensor, TensorType type)
    {
        var value = new Value(tensor, type);
        return !IsTaken(tensor) && values.TryAdd(tensor, value) ? value
            : throw new GraphException($"the name '{tensor}' is taken in graph '{name}'.");
    }

    string Unique(string stem)
    {
        while (true)
        {
            int number = counters.GetValueOrDefault(stem);
            counters[stem] = number + 1;
            string unique = number == 0 ? stem : $"{stem}_{number}";
            // A numbered name may be another stem already, such as that of a node taken over from a model.
            if (!IsTaken(unique) && (number == 0 || counters.TryAdd(unique, 1)))
            {
                return unique;
            }
        }
    }
}
