using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Toolchain.EndToEnd;

/// <summary>Which namespaces of an assembly use types of which others, read from its metadata and code.</summary>
sealed class NamespaceGraph
{
    // From a namespace to those that it uses, each with one type that does.
    readonly SortedDictionary<string, SortedDictionary<string, string>> uses = new(StringComparer.Ordinal);

    public static NamespaceGraph Of(ModuleDefinition module)
    {
        var graph = new NamespaceGraph();
        foreach (TypeDefinition type in module.GetTypes().Where(type => Outer(type).Namespace != ""))
        {
            foreach (TypeReference used in Used(type).SelectMany(Parts))
            {
                graph.Add(type, used);
            }
        }
        return graph;
    }

    /// <summary>Each pair of namespaces that reach each other, with the types by which they do.</summary>
    public IEnumerable<string> Cycles() => from edge in Edges()
                                           where Reach(edge.To).Contains(edge.From)
                                           select $"{edge.From} -> {edge.To} ({edge.Why})";

    IEnumerable<(string From, string To, string Why)> Edges() =>
        uses.SelectMany(pair => pair.Value.Select(used => (pair.Key, used.Key, used.Value)));

    HashSet<string> Reach(string start)
    {
        var reached = new HashSet<string>();
        var waiting = new Stack<string>([start]);
        while (waiting.TryPop(out string? next))
        {
            if (reached.Add(next) && uses.TryGetValue(next, out SortedDictionary<string, string>? further))
            {
                foreach (string used in further.Keys)
                {
                    waiting.Push(used);
                }
            }
        }
        return reached;
    }

    void Add(TypeDefinition type, TypeReference used)
    {
        (TypeReference from, TypeReference to) = (Outer(type), Outer(used));
        if (to.Scope == type.Module && to.Namespace != "" && to.Namespace != from.Namespace)
        {
            if (!uses.TryGetValue(from.Namespace, out SortedDictionary<string, string>? targets))
            {
                uses[from.Namespace] = targets = new(StringComparer.Ordinal);
            }
            targets.TryAdd(to.Namespace, $"{from.Name} uses {to.Name}");
        }
    }

    static TypeReference Outer(TypeReference type) => type.DeclaringType is TypeReference outer ? Outer(outer) : type;

    // Arguments of generic types and elements of arrays are uses of their own.
    static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };

    static IEnumerable<TypeReference> Used(TypeDefinition type) =>
    [
        type.BaseType, .. type.Interfaces.Select(item => item.InterfaceType), .. type.Fields.Select(field => field.FieldType),
        .. type.GenericParameters.SelectMany(item => item.Constraints).Select(item => item.ConstraintType),
        .. type.Methods.SelectMany(Used),
    ];

    static IEnumerable<TypeReference> Used(MethodDefinition method)
    {
        IEnumerable<TypeReference> signature = [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];
        return !method.HasBody ? signature
            : [.. signature, .. method.Body.Variables.Select(variable => variable.VariableType),
                .. method.Body.Instructions.SelectMany(Used)];
    }

    static IEnumerable<TypeReference> Used(Instruction instruction) => instruction.Operand switch
    {
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType],
        FieldReference field => [field.DeclaringType, field.FieldType],
        TypeReference type => [type],
        _ => [],
    };
}
