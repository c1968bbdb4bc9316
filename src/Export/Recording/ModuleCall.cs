using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Runs modules of any signature over tensors.</summary>
static class ModuleCall
{
    /// <summary>Calls <paramref name="module"/> and flattens what it returns: a tensor, a tuple, a list, or a record of tensors, in order.</summary>
    /// <exception cref="ExportException">The module takes other arguments, or returns something else.</exception>
    public static IReadOnlyList<torch.Tensor> Run(torch.nn.Module module, IReadOnlyList<torch.Tensor> inputs)
    {
        Type[] types = [.. inputs.Select(_ => typeof(torch.Tensor))];
        MethodInfo call = module.GetType().GetMethod("call", types)
            ?? throw new ExportException($"module '{module.GetType().Name}' cannot be called with {inputs.Count} tensors; expected a module derived from Module<{string.Join(", ", types.Select(_ => "Tensor"))}, TResult>.");
        object? result = call.Invoke(module, BindingFlags.DoNotWrapExceptions, null, [.. inputs], null);
        return [.. Flatten(result, module)];
    }

    static IEnumerable<torch.Tensor> Flatten(object? result, torch.nn.Module module) => result switch
    {
        torch.Tensor tensor => [tensor],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Flatten(tuple[i], module)),
        IEnumerable list and not string => list.Cast<object?>().SelectMany(item => Flatten(item, module)),
        not null when Properties(result) is { Length: > 0 } properties => properties.Select(property => (torch.Tensor)property.GetValue(result)!),
        _ => throw new ExportException($"module '{module.GetType().Name}' returns {result?.GetType().Name ?? "null"}; expected a tensor, a tuple, a list or a record of tensors."),
    };

    static PropertyInfo[] Properties(object result) =>
        [.. result.GetType().GetProperties().Where(property => property.PropertyType == typeof(torch.Tensor) && property.GetIndexParameters().Length == 0)];
}
