using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>
/// Follows by hooks which module runs: hooks fire on <c>call</c>, as every Sequential and every PyTorch-like <c>forward</c> uses it.
/// </summary>
sealed class ModulePaths : IDisposable
{
    readonly Stack<string> running = [];
    readonly List<Action> removals = [];
    readonly int thread = Environment.CurrentManagedThreadId;

    public ModulePaths(ModuleState state)
    {
        foreach ((string path, torch.nn.Module module) in state.Modules.Skip(1))
        {
            Hook(module, "register_forward_pre_hook", () => running.Push(path));
            Hook(module, "register_forward_hook", () => running.TryPop(out _));
        }
    }

    /// <summary>The path of the innermost running module; "" for the root.</summary>
    public string Current => running.TryPeek(out string? path) ? path : "";

    /// <summary>Takes the hooks away.</summary>
    public void Dispose() => removals.ForEach(remove => remove());

    // The base class of hookable modules is generic in the types of its own hooks, so its methods can only be found by name.
    // Another thread may run the same module.
    void Hook(torch.nn.Module module, string method, Action action)
    {
        Action<torch.nn.Module> hook = _ =>
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                action();
            }
        };
        if (module.GetType().GetMethod(method, [typeof(Action<torch.nn.Module>)])?.Invoke(module, [hook]) is object remover)
        {
            removals.Add(() => remover.GetType().GetMethod("remove")!.Invoke(remover, null));
        }
    }
}
