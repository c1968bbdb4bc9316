using Mono.Cecil;

namespace Toolchain.EndToEnd;

/// <summary>What an assembly shows to others: its public types and their public and protected members, a line each.</summary>
static class PublicApi
{
    public static string Of(ModuleDefinition module) => string.Concat(
        module.GetTypes().Where(IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => (string[])[Head(type), .. Members(type).Order(StringComparer.Ordinal)])
            .Select(line => line + "\n"));

    static bool IsVisible(TypeDefinition type) => type.IsPublic
        || (type.IsNested && (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType));

    static string Head(TypeDefinition type)
    {
        string kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        IEnumerable<string> others = type.Interfaces.Select(item => item.InterfaceType.FullName).Order(StringComparer.Ordinal);
        string[] bases = [.. type.BaseType is { } parent && parent.Namespace != "System" ? [parent.FullName, .. others] : others];
        return $"{kind} {type.FullName}{(bases.Length == 0 ? "" : $" : {string.Join(", ", bases)}")}";
    }

    static IEnumerable<string> Members(TypeDefinition type) =>
    [
        .. type.Fields.Where(field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName)
            .Select(field => $"  {(field.HasConstant ? "const " : "")}{Plain(field.FullName, type)}"
                + $"{(field is { HasConstant: true, Constant: { } value } ? $" = {value}" : "")}"),
        .. type.Properties.Where(property => IsSeen(property.GetMethod) || IsSeen(property.SetMethod))
            .Select(property => $"  {Plain(property.FullName, type)} {{{(IsSeen(property.GetMethod) ? " get;" : "")}"
                + $"{(IsSeen(property.SetMethod) ? " set;" : "")} }}"),
        .. type.Methods.Where(method => IsSeen(method) && !method.IsGetter && !method.IsSetter && !IsMade(method))
            .Select(method => $"  {(method.IsStatic ? "static " : "")}{Plain(method.FullName, type)}"),
    ];

    static bool IsSeen(MethodDefinition? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    // Of records: equality, printing and copying.
    static bool IsMade(MethodDefinition method) => method.Name[0] == '<'
        || method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");

    static string Plain(string name, TypeDefinition type) => name.Replace($"{type.FullName}::", "", StringComparison.Ordinal);
}
