using Toolchain.Graph.Typing;

namespace Toolchain.Graph.Building;

/// <summary>Casts around operators that do not take an element type.</summary>
public sealed partial class GraphBuilder
{
    /// <summary>
    /// Set, <see cref="Apply(string, IReadOnlyList{Value?}, Attributes?, int)"/> casts inputs whose element type an operator does not take,
    /// by ONNX's rules or by
    /// this predicate of operator, opset and type, to the nearest wider type that it takes, and the results of that type back. Null, the
    /// default, casts nothing.
    /// </summary>
    public Func<string, int, ElementType, bool>? IsRunnable { get; init; }

    // What holds every value of a type, narrowest first; double precision goes to single, which is near enough where nothing else runs.
    static ElementType[] Wider(ElementType type) => type switch
    {
        ElementType.Bool or ElementType.UInt8 or ElementType.Int8 =>
            [ElementType.Int32, ElementType.Int64, ElementType.Float32, ElementType.Float64],
        ElementType.Int32 => [ElementType.Int64, ElementType.Float64, ElementType.Float32],
        ElementType.Int64 => [ElementType.Float64, ElementType.Int32, ElementType.Float32],
        ElementType.Float16 or ElementType.BFloat16 => [ElementType.Float32],
        _ => [ElementType.Float32],
    };

    // The types to which the constraints of an operator are cast, by constraint; empty where it takes all inputs as they are.
    Dictionary<string, ElementType> Casts(OperatorSchema schema, IReadOnlyList<Value?> inputs)
    {
        var casts = new Dictionary<string, ElementType>();
        ElementType? original = Formals(schema, inputs)
            .FirstOrDefault(pair => pair.Item2.Constraint == DataOf(schema).Constraint).Item1?.Type.Element;
        foreach ((Value input, Formal formal) in Formals(schema, inputs).Where(pair => !casts.ContainsKey(pair.Item2.Constraint)))
        {
            IReadOnlySet<ElementType> allowed = schema.Types[formal.Constraint];
            // The first constraint is that of the data, by whose type a runtime chooses its kernel.
            bool isData = formal.Constraint == DataOf(schema).Constraint;
            if (!Takes(input.Type.Element) && Wider(input.Type.Element).Where(Takes).Select(type => (ElementType?)type)
                .FirstOrDefault() is ElementType wider)
            {
                casts[formal.Constraint] = wider;
            }

            // What has the type of the data goes with it, such as scale and statistics of a norm.
            if (casts.TryGetValue(DataOf(schema).Constraint, out ElementType cast) && original == input.Type.Element
                && allowed.Contains(cast))
            {
                casts.TryAdd(formal.Constraint, cast);
            }

            bool Takes(ElementType type) => allowed.Contains(type) && (!isData || IsRunnable!(schema.Name, Opset, type));
        }
        return casts;
    }

    static Formal DataOf(OperatorSchema schema) => schema.Name == "Where" ? schema.Inputs[1] : schema.Inputs[0];

    static IEnumerable<(Value, Formal)> Formals(OperatorSchema schema, IReadOnlyList<Value?> inputs) => inputs
        .Select((input, i) =>
            (input!, i >= schema.Inputs.Count && schema.Inputs is not [.., { IsVariadic: true }] ? null!
            : schema.Inputs[Math.Min(i, schema.Inputs.Count - 1)]))
        .Where(pair => pair.Item1 is not null && pair.Item2 is not null && !pair.Item2.IsMixed);

    // Null where nothing has to be cast.
    Value[]? ApplyCast(string op, IReadOnlyList<Value?> inputs, Attributes? attributes, int outputCount)
    {
        if (IsRunnable is null || op == "Cast" || OperatorSchemas.Find(op, Opset) is not { Inputs.Count: > 0 } schema
            || Casts(schema, inputs) is not { Count: > 0 } casts)
        {
            return null;
        }
        Dictionary<string, ElementType> original = Formals(schema, inputs).GroupBy(pair => pair.Item2.Constraint)
            .ToDictionary(group => group.Key, group => group.First().Item1.Type.Element);
        Value?[] cast =
            [.. inputs.Select((input, i) => input is not null && i < schema.Inputs.Count + inputs.Count
            && casts.TryGetValue(schema.Inputs[Math.Min(i, schema.Inputs.Count - 1)].Constraint, out ElementType type) ? Cast(input, type)
            : input)];
        Value[] results = ApplyPlain(op, cast, attributes, outputCount);
        return [.. results.Select((result, i) => i < schema.Outputs.Count && casts.ContainsKey(schema.Outputs[i].Constraint)
            ? Cast(result, original[schema.Outputs[i].Constraint]) : result)];
    }
}
