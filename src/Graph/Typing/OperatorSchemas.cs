namespace Toolchain.Graph.Typing;

/// <summary>
/// The schemas of ONNX's default domain, from OperatorTypes.txt, which build/onnx-operator-types.py makes of ONNX's own documentation.
/// </summary>
static class OperatorSchemas
{
    static readonly Dictionary<string, ElementType> codes = new()
    {
        ["f32"] = ElementType.Float32,
        ["u8"] = ElementType.UInt8,
        ["i8"] = ElementType.Int8,
        ["i32"] = ElementType.Int32,
        ["i64"] = ElementType.Int64,
        ["bool"] = ElementType.Bool,
        ["f16"] = ElementType.Float16,
        ["f64"] = ElementType.Float64,
        ["bf16"] = ElementType.BFloat16,
    };

    static readonly Lazy<ILookup<string, OperatorSchema>> schemas = new(() => Read().ToLookup(schema => schema.Name));

    /// <summary>Every schema, each with the opset from which it holds.</summary>
    public static IEnumerable<OperatorSchema> All => schemas.Value.SelectMany(versions => versions);

    /// <summary>The schema of an operator that is in force at <paramref name="opset"/>; null where ONNX has none.</summary>
    public static OperatorSchema? Find(string name, int opset) => schemas.Value[name].LastOrDefault(schema => schema.Since <= opset);

    static IEnumerable<OperatorSchema> Read()
    {
        using Stream stream = typeof(OperatorSchemas).Assembly.GetManifestResourceStream("OperatorTypes.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            // operator, since, inputs, outputs, constraints, attributes
            if (line.Split('\t') is [string name, string since, string inputs, string outputs, string constraints, string attributes])
            {
                Dictionary<string, IReadOnlySet<ElementType>> types = Words(constraints).Select(word => word.Split('='))
                    .ToDictionary(pair => pair[0], pair => Types(pair[1]));
                Dictionary<string, (string Kind, bool IsRequired)> kinds = Words(attributes).Select(word => word.Split(':'))
                    .ToDictionary(pair => pair[0].TrimEnd('!'), pair => (pair[1], pair[0].EndsWith('!')));
                yield return new OperatorSchema(name, int.Parse(since, System.Globalization.CultureInfo.InvariantCulture),
                    [.. Words(inputs).Select(word => Formal(word, types))], [.. Words(outputs).Select(word => Formal(word, types))],
                    types, kinds);
            }
        }
    }

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    static IReadOnlySet<ElementType> Types(string list) => list.Split(',').Where(codes.ContainsKey).Select(code => codes[code]).ToHashSet();

    // "X:T", "bias?:T", "inputs*:T", "v*~:V", "pads:=i64"; a concrete type becomes a constraint of its own.
    static Formal Formal(string word, Dictionary<string, IReadOnlySet<ElementType>> types)
    {
        (string name, string constraint) = (word.Split(':')[0], word.Split(':')[1]);
        if (constraint[0] == '=')
        {
            types[constraint] = Types(constraint[1..]);
        }
        return new Formal(name.TrimEnd('?', '*', '~'), constraint, name.EndsWith('?'), name.Contains('*'), name.EndsWith('~'));
    }
}
