using Mono.Cecil;

namespace Toolchain.EndToEnd;

/// <summary>Values that belong together have a name: no tuple above two elements, no parameter list above five without a record.</summary>
public sealed class SignatureTests
{
    const int MostParameters = 5;

    /// <summary>All projects.</summary>
    public static TheoryData<string> Projects =>
    [
        "Clustering", "Data", "Graph", "Export", "Export.OnnxRuntime", "Export.Weaver", "Train", "Inference",
        "Inference.Extensions.AI", "Evaluate", "Commands", "Deploy", "Commands.Plots", "Cli", "Cli.Light", "Cli.Tool",
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Tuples_OfAProject_HaveTwoElements(string project)
    {
        using AssemblyDefinition assembly = NamespaceTests.Read(project);
        Assert.Empty(from type in Types(assembly)
                     from name in type.Fields.Where(field => HasLongTuple(field.FieldType)).Select(field => field.Name)
                         .Concat(type.Methods.Where(method => Shown(method).Any(HasLongTuple)).Select(method => method.Name))
                     select $"{type.FullName}.{name}");
    }

    // A record is such a list by its nature. An internal kernel takes planes of numbers and where to begin in each. What writes nodes takes
    // the graph, a converter the call as well, and long work what cancels it: the rest counts.
    [Theory]
    [MemberData(nameof(Projects))]
    public void ParameterLists_OfAProject_HaveAtMostFive(string project)
    {
        using AssemblyDefinition assembly = NamespaceTests.Read(project);
        Assert.Empty(from type in Types(assembly)
                     from method in type.Methods
                     where !IsOfRecord(method) && !method.IsPInvokeImpl && method.HasBody && !IsKernel(method)
                     let count = method.Parameters.Count(parameter => parameter.ParameterType.Name is not
                         ("GraphBuilder" or "NativeCall" or "CancellationToken"))
                     where count > MostParameters
                     select $"{type.FullName}.{method.Name}: {count}");
    }

    static IEnumerable<TypeDefinition> Types(AssemblyDefinition assembly) => assembly.MainModule.GetTypes()
        .Where(type => !type.Namespace.StartsWith("Onnx", StringComparison.Ordinal)
            && !type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal));

    static IEnumerable<TypeReference> Shown(MethodDefinition method) =>
        [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType),
            .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : []];

    static bool HasLongTuple(TypeReference type) => type switch
    {
        GenericInstanceType generic => (generic.Namespace == "System" && generic.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)
            && generic.GenericArguments.Count > 2) || generic.GenericArguments.Any(HasLongTuple),
        TypeSpecification wrapped => HasLongTuple(wrapped.ElementType),
        _ => false,
    };

    static bool IsOfRecord(MethodDefinition method) => method.Name is ".ctor" or "Deconstruct"
        && method.DeclaringType.Methods.Any(other => other.Name == "PrintMembers");

    static bool IsKernel(MethodDefinition method) => (!method.IsPublic || !method.DeclaringType.IsPublic)
        && method.Parameters.Count(parameter => parameter.ParameterType is ByReferenceType || IsPlane(parameter.ParameterType)) >= 2;

    static bool IsPlane(TypeReference type) => type switch
    {
        ArrayType array => array.ElementType.MetadataType is MetadataType.Single or MetadataType.Double or MetadataType.Byte,
        _ => type.Name is "Span`1" or "ReadOnlySpan`1" || type.Name.StartsWith("Vector", StringComparison.Ordinal)
            || (type.IsValueType && type.Name.StartsWith("Complex", StringComparison.Ordinal)),
    };
}
