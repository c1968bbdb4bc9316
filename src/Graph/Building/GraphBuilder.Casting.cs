using Toolchain.Graph.Typing;

namespace Toolchain.Graph.Building;

/// <summary>Casts around operators that do not take an element type.</summary>
public sealed partial class GraphBuilder
{
    /// <summary>
    /// Whether the target runtime has an operator (name, opset) for data of an element type. If it is set, every call of
    /// <see cref="Apply(string, IReadOnlyList{Value?}, Attributes?, int)"/> casts inputs of a type that ONNX or this predicate rules out to
    /// the nearest wider type that is allowed, and the results of that type back. Null, the default, casts nothing.
    /// </summary>
    public Func<string, int, ElementType, bool>? IsRunnable { get; init; }

    // Types to try in place of a type, the nearest first. Most hold all of its values; double precision goes to single, which is near
    // enough where nothing else runs.
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
        string data = DataOf(schema).Constraint;
        ElementType? dataType = Formals(schema, inputs).FirstOrDefault(pair => pair.Formal.Constraint == data).Input?.Type.Element;
        foreach ((Value input, Formal formal) in Formals(schema, inputs).Where(pair => !casts.ContainsKey(pair.Formal.Constraint)))
        {
            IReadOnlySet<ElementType> allowed = schema.Types[formal.Constraint];
            if (!Takes(input.Type.Element) && Wider(input.Type.Element).Where(Takes).Select(type => (ElementType?)type)
                .FirstOrDefault() is ElementType wider)
            {
                casts[formal.Constraint] = wider;
            }

            // What has the type of the data goes with it, such as scale and statistics of a norm.
            if (casts.TryGetValue(data, out ElementType cast) && dataType == input.Type.Element && allowed.Contains(cast))
            {
                casts.TryAdd(formal.Constraint, cast);
            }

            // A runtime chooses its kernel by the type of the data.
            bool Takes(ElementType type) =>
                allowed.Contains(type) && (formal.Constraint != data || IsRunnable!(schema.Name, Opset, type));
        }
        return casts;
    }

    static Formal DataOf(OperatorSchema schema) => schema.Name == "Where" ? schema.Inputs[1] : schema.Inputs[0];

    // The inputs that are given with their formal ones; without those beyond the last formal one, and those of mixed types.
    static IEnumerable<(Value Input, Formal Formal)> Formals(OperatorSchema schema, IReadOnlyList<Value?> inputs)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            Formal formal = schema.Inputs[Math.Min(i, schema.Inputs.Count - 1)];
            if (inputs[i] is Value input && !formal.IsMixed && (i < schema.Inputs.Count || formal.IsVariadic))
            {
                yield return (input, formal);
            }
        }
    }

    // Null where nothing has to be cast.
    Value[]? ApplyCast(string op, IReadOnlyList<Value?> inputs, Attributes? attributes, int outputCount)
    {
        if (IsRunnable is null || op == "Cast" || OperatorSchemas.Find(op, Opset) is not { Inputs.Count: > 0 } schema
            || Casts(schema, inputs) is not { Count: > 0 } casts)
        {
            return null;
        }
        Dictionary<string, ElementType> original = Formals(schema, inputs).GroupBy(pair => pair.Formal.Constraint)
            .ToDictionary(group => group.Key, group => group.First().Input.Type.Element);
        Value?[] cast = [.. inputs.Select((input, i) => input is not null
            && casts.TryGetValue(schema.Inputs[Math.Min(i, schema.Inputs.Count - 1)].Constraint, out ElementType type)
                ? Cast(input, type) : input)];
        Value[] results = ApplyPlain(op, cast, attributes, outputCount);
        return [.. results.Select((result, i) => i < schema.Outputs.Count && casts.ContainsKey(schema.Outputs[i].Constraint)
            ? Cast(result, original[schema.Outputs[i].Constraint]) : result)];
    }
}
