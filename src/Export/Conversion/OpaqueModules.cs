using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Conversion;

/// <summary>
/// A module that lives in native code, such as an LSTM: the arguments of its native constructor, as the woven TorchSharp.dll kept them, and
/// its weights.
/// </summary>
/// <param name="Instance">The module.</param>
/// <param name="Path">Its path; "" for the traced module itself.</param>
/// <param name="Arguments">
/// The constructor's arguments by native position; in place of a module, the arguments of that module's constructor.
/// </param>
/// <param name="State">Tensors of the whole traced module by key.</param>
sealed record OpaqueModule(torch.nn.Module Instance, string Path, IReadOnlyList<object?> Arguments,
    IReadOnlyDictionary<string, torch.Tensor> State)
{
    public long Integer(int argument) => Convert.ToInt64(Arguments[argument], CultureInfo.InvariantCulture);

    public double Number(int argument) => Convert.ToDouble(Arguments[argument], CultureInfo.InvariantCulture);

    public bool Flag(int argument) => (bool)Arguments[argument]!;

    /// <summary>Full key of one of its tensors.</summary>
    public string Key(string name) => Path == "" ? name : $"{Path}.{name}";

    public bool Has(string name) => State.ContainsKey(Key(name));

    /// <summary>One of its weights where it lies.</summary>
    public TensorData Weight(string name) => NativeTensor.View(State[Key(name)]);
}

/// <summary>The opaque modules of a traced module by native handle.</summary>
sealed class OpaqueModules
{
    static readonly FieldInfo handleOf = typeof(torch.nn.Module).GetField("handle", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new InvalidOperationException($"TorchSharp {typeof(torch).Assembly.GetName().Version} keeps no handle in its modules.");

    readonly Dictionary<nint, (torch.nn.Module Module, string Path)> modules = [];
    readonly IReadOnlyDictionary<string, torch.Tensor> state;

    public OpaqueModules(ModuleState held)
    {
        state = held.Tensors;
        foreach ((string path, torch.nn.Module module) in held.Modules)
        {
            modules.TryAdd(Native(module), (module, path));
        }
    }

    /// <summary>The module of a native handle, or null when it is no part of the traced module.</summary>
    public OpaqueModule? Find(SafeHandle? handle) =>
        handle is not null && modules.TryGetValue(handle.DangerousGetHandle(), out var found)
        && Constructed(handle.DangerousGetHandle()) is object?[] arguments
            ? new OpaqueModule(found.Module, found.Path, arguments, state)
            : null;

    static nint Native(torch.nn.Module module) => ((SafeHandle)handleOf.GetValue(module)!).DangerousGetHandle();

    // What the woven TorchSharp.dll kept of the module's constructor.
    static object?[]? Constructed(nint handle)
    {
        FieldInfo? kept = typeof(torch).Assembly.GetType("TorchSharp.PInvoke.CallRecorder")?.GetField("Constructed");
        return (kept?.GetValue(null) as ConcurrentDictionary<nint, object?[]>)?.GetValueOrDefault(handle);
    }
}
