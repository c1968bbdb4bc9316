using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Runs modules of any signature over a flat list of tensors.</summary>
static class ModuleCall
{
    const BindingFlags PublicInstance = BindingFlags.Instance | BindingFlags.Public;

    /// <summary>
    /// Calls <paramref name="module"/> and flattens what it returns: a tensor, a tuple, a list, or a record of tensors, in order. The
    /// inputs fill its parameters from left to right: a tensor one, a tuple one for each of its items, an array or list all that are
    /// left over for it; other parameters take their defaults.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="inputs">The tensors; null where an optional argument is left out.</param>
    /// <exception cref="ExportException">The module takes other arguments, or returns something else.</exception>
    public static IReadOnlyList<torch.Tensor> Run(torch.nn.Module module, IReadOnlyList<torch.Tensor?> inputs)
    {
        foreach (MethodInfo method in Candidates(module))
        {
            var left = new Queue<torch.Tensor?>(inputs);
            ParameterInfo[] parameters = method.GetParameters();
            if (Bind(parameters, Defaults(module, parameters), left) is object?[] arguments && left.Count == 0)
            {
                return [.. Flatten(method.Invoke(module, BindingFlags.DoNotWrapExceptions, null, arguments, null), module, isWhole: true)];
            }
        }
        string takes = string.Join(" or ", Candidates(module).Select(Describe).Distinct());
        throw new ExportException(
            $"module '{module.GetType().Name}' cannot be called with {inputs.Count} tensors; it takes "
            + $"{(takes == "" ? "nothing" : takes)}.");
    }

    // 'call' runs hooks; a class may hide that of its base by one with defaults.
    static IEnumerable<MethodInfo> Candidates(torch.nn.Module module) =>
        from name in (string[])["call", "forward"]
        from method in module.GetType().GetMethods(PublicInstance)
        where method.Name == name && !method.ContainsGenericParameters
        select method;

    // The 'call' of a base class knows no defaults, the 'forward' that it calls does; a 'call' of its own may.
    static (bool IsThere, object? Value)[] Defaults(torch.nn.Module module, ParameterInfo[] parameters)
    {
        ParameterInfo[] forward = module.GetType()
            .GetMethod("forward", PublicInstance, [.. parameters.Select(parameter => parameter.ParameterType)])?.GetParameters()
            ?? parameters;
        return [.. parameters.Zip(forward, (own, below) => Default(own) is { IsThere: true } given ? given : Default(below))];

        static (bool IsThere, object? Value) Default(ParameterInfo parameter) =>
            parameter.HasDefaultValue ? (true, parameter.DefaultValue)
                : (Nullable.GetUnderlyingType(parameter.ParameterType) is not null, null);
    }

    // The arguments, or null where the tensors do not fill them.
    static object?[]? Bind(ParameterInfo[] parameters, (bool IsThere, object? Value)[] defaults, Queue<torch.Tensor?> left)
    {
        var arguments = new object?[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            int needed = parameters.Skip(i + 1).Where((_, later) => !defaults[i + 1 + later].IsThere)
                .Sum(later => Width(later.ParameterType));
            if (!Take(parameters[i].ParameterType, left, needed, out arguments[i]))
            {
                if (!defaults[i].IsThere)
                {
                    return null;
                }
                arguments[i] = defaults[i].Value;
            }
        }
        return arguments;
    }

    static bool Take(Type type, Queue<torch.Tensor?> left, int needed, out object? argument)
    {
        argument = null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(torch.Tensor))
        {
            bool taken = left.TryDequeue(out torch.Tensor? tensor);
            argument = tensor;
            return taken;
        }
        if (type != typeof(object) && (type.IsAssignableFrom(typeof(torch.Tensor[])) || type.IsAssignableFrom(typeof(List<torch.Tensor>))))
        {
            List<torch.Tensor?> all = [];
            while (left.Count > needed)
            {
                all.Add(left.Dequeue());
            }
            argument = type.IsAssignableFrom(typeof(torch.Tensor[])) ? all.ToArray() : all;
            return true;
        }
        if (Width(type) == 0 || left.Count == 0)
        {
            return false;
        }
        if (left.Peek() is null)
        {
            return left.TryDequeue(out _);
        }
        var items = new object?[type.GetGenericArguments().Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (!Take(type.GetGenericArguments()[i], left, needed, out items[i]))
            {
                return false;
            }
        }
        argument = Activator.CreateInstance(type, items);
        return true;
    }

    // How many tensors a parameter needs at least.
    static int Width(Type type) => type == typeof(torch.Tensor) ? 1
        : typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType ? type.GetGenericArguments().Sum(Width)
        : 0;

    static string Describe(MethodInfo method) =>
        $"({string.Join(", ", method.GetParameters().Select(parameter => $"{Describe(parameter.ParameterType)} {parameter.Name}"))})";

    static string Describe(Type type) => Nullable.GetUnderlyingType(type) is Type inner ? $"{Describe(inner)}?"
        : typeof(ITuple).IsAssignableFrom(type) ? $"({string.Join(", ", type.GetGenericArguments().Select(Describe))})"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Describe))}>"
        : type.Name;

    static IEnumerable<torch.Tensor> Flatten(object? result, torch.nn.Module module, bool isWhole = false) => result switch
    {
        torch.Tensor tensor => [tensor],
        // A result that was not asked for, such as the weights of an attention.
        null when !isWhole => [],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Flatten(tuple[i], module)),
        IEnumerable list and not string => list.Cast<object?>().SelectMany(item => Flatten(item, module)),
        not null when Properties(result) is { Length: > 0 } properties =>
            properties.SelectMany(property => Flatten(property.GetValue(result), module)),
        _ => throw new ExportException($"module '{module.GetType().Name}' returns {result?.GetType().Name ?? "null"}; expected a tensor, a "
            + $"tuple, a list or a record of tensors."),
    };

    static PropertyInfo[] Properties(object result) =>
        [.. result.GetType().GetProperties().Where(property => property.PropertyType == typeof(torch.Tensor)
        && property.GetIndexParameters().Length == 0)];
}
