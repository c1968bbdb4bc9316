using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Follows by hooks which module runs: hooks fire on <c>call</c>, as every Sequential and every PyTorch-like <c>forward</c> uses it.</summary>
sealed class ModulePaths : IDisposable
{
    readonly Stack<string> running = [];
    readonly List<Action> removals = [];

    public ModulePaths(torch.nn.Module root)
    {
        // A module that is registered twice goes by its first path.
        foreach ((string path, torch.nn.Module module) in root.named_modules().DistinctBy(pair => pair.module))
        {
            Hook(module, "register_forward_pre_hook", _ => running.Push(path));
            Hook(module, "register_forward_hook", _ => running.Pop());
        }
    }

    /// <summary>The path of the innermost running module; "" for the root.</summary>
    public string Current => running.TryPeek(out string? path) ? path : "";

    /// <summary>Takes the hooks away.</summary>
    public void Dispose() => removals.ForEach(remove => remove());

    // The base class of hookable modules is generic in the types of its own hooks, so its methods can only be found by name.
    void Hook(torch.nn.Module module, string method, Action<torch.nn.Module> hook)
    {
        if (module.GetType().GetMethod(method, [typeof(Action<torch.nn.Module>)])?.Invoke(module, [hook]) is object remover)
        {
            removals.Add(() => remover.GetType().GetMethod("remove")!.Invoke(remover, null));
        }
    }
}
