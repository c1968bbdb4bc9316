namespace Toolchain.Graph.Typing;

/// <summary>An input or output of an operator.</summary>
/// <param name="Name">ONNX's name.</param>
/// <param name="Constraint">Name of its type constraint; tensors of one constraint have one element type.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
/// <param name="IsVariadic">Whether any number of tensors may follow in its place.</param>
/// <param name="IsMixed">Whether the tensors of a variadic one may have different element types.</param>
sealed record Formal(string Name, string Constraint, bool IsOptional, bool IsVariadic, bool IsMixed);

/// <summary>ONNX's rules for an operator from one opset on.</summary>
/// <param name="Name">ONNX's name.</param>
/// <param name="Since">First opset.</param>
/// <param name="Inputs">Its inputs in order.</param>
/// <param name="Outputs">Its outputs in order.</param>
/// <param name="Types">Element types by constraint; those that this library does not have are left out.</param>
/// <param name="Attributes">
/// Kind of each attribute (int, float, string, tensor, graph, ints, floats, strings) and whether it must be given.
/// </param>
sealed record OperatorSchema(
    string Name, int Since, IReadOnlyList<Formal> Inputs, IReadOnlyList<Formal> Outputs,
    IReadOnlyDictionary<string, IReadOnlySet<ElementType>> Types, IReadOnlyDictionary<string, (string Kind, bool IsRequired)> Attributes)
{
    /// <summary>Checks the inputs, the attributes and the inferred outputs of a node.</summary>
    /// <exception cref="GraphException">A type, a number of inputs or an attribute is not one that ONNX allows.</exception>
    public void Check(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType?> outputs)
    {
        var bound = new Dictionary<string, (ElementType Type, string Place)>();
        Check("input", Inputs, inputs, bound);
        Check("output", Outputs, outputs, bound);
        foreach ((string name, object value) in node.Attributes)
        {
            if (!Attributes.TryGetValue(name, out var known))
            {
                throw new GraphException($"it has an attribute '{name}', which {Name} of opset {Since} does not have.");
            }
            if (Kind(value) != known.Kind)
            {
                throw new GraphException($"attribute '{name}' is of kind {Kind(value)}, expected {known.Kind}.");
            }
        }
        if (Attributes.FirstOrDefault(pair => pair.Value.IsRequired && !node.Attributes.Has(pair.Key)).Key is string missing)
        {
            throw new GraphException($"attribute '{missing}' is missing.");
        }
    }

    void Check(string side, IReadOnlyList<Formal> formals, IReadOnlyList<TensorType?> given,
        Dictionary<string, (ElementType Type, string Place)> bound)
    {
        for (int i = 0; i < Math.Max(given.Count, formals.Count); i++)
        {
            if (i >= formals.Count && formals is not [.., { IsVariadic: true }])
            {
                throw new GraphException($"it has {given.Count} {side}s, {Name} of opset {Since} has at most {formals.Count}.");
            }
            Formal formal = formals[Math.Min(i, formals.Count - 1)];
            if ((i < given.Count ? given[i] : null) is not TensorType type)
            {
                if (side == "input" && !formal.IsOptional && !formal.IsVariadic)
                {
                    throw new GraphException($"{side} {i} ('{formal.Name}') is missing.");
                }
                continue;
            }
            string place = $"{side} {i} ('{formal.Name}')";
            if (!Types.TryGetValue(formal.Constraint, out IReadOnlySet<ElementType>? allowed) || !allowed.Contains(type.Element))
            {
                string takes = allowed is null ? "no tensor" : string.Join(", ", allowed.Order());
                throw new GraphException($"{place} is {type.Element}; {Name} of opset {Since} takes {takes}.");
            }
            if (!(formal.IsVariadic && formal.IsMixed) && !bound.TryAdd(formal.Constraint, (type.Element, place))
                && bound[formal.Constraint] is var first && first.Type != type.Element)
            {
                throw new GraphException(
                    $"{place} is {type.Element}, but {first.Place} is {first.Type}; {Name} needs one element type for both.");
            }
        }
    }

    static string Kind(object value) => value switch
    {
        long => "int",
        float => "float",
        string => "string",
        long[] => "ints",
        float[] => "floats",
        string[] => "strings",
        TensorData => "tensor",
        _ => "graph",
    };
}
