using System.Reflection;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>
/// Records the native calls of the woven TorchSharp.dll while a module runs. A tensor is known by its native handle; handles are reused
/// after a dispose, so every call that makes a tensor overwrites what was known of its handle. Only calls of the recording thread count.
/// </summary>
/// <remarks>
/// Calls on constants are recorded too, in case their sizes follow an axis; the content of a constant is read where a call that depends on
/// an input first takes it. In-place calls give their tensor a new number, and the tensors that share its memory with it.
/// </remarks>
sealed partial class NativeRecorder : IDisposable
{
    static readonly FieldInfo? hook = typeof(torch).Assembly.GetType("TorchSharp.PInvoke.CallRecorder")?.GetField("Current");
    static readonly Func<Scalar, nint> scalarHandle = typeof(Scalar)
        .GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.GetMethod!
        .CreateDelegate<Func<Scalar, nint>>();
    // Throws what the native call that just ended failed with; any native call of ours would lose it.
    static readonly Action throwPending = typeof(torch)
        .GetMethod("CheckForErrors", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.CreateDelegate<Action>();

    const string LastError = "THSTorch_get_and_reset_last_err";

    readonly Dictionary<nint, TensorAlias> held = [];
    readonly Dictionary<nint, ScalarArgument> scalars = [];
    readonly List<RecordedValue> values = [];
    readonly List<RecordedCall> calls = [];
    readonly Func<string> module;
    readonly bool keepsContents;
    readonly int thread = Environment.CurrentManagedThreadId;
    bool suspended;

    /// <summary>Starts recording.</summary>
    /// <param name="module">The path of the module that runs now.</param>
    /// <param name="keepsContents">Whether the content of every result is kept.</param>
    /// <exception cref="InvalidOperationException">TorchSharp.dll is not woven.</exception>
    public NativeRecorder(Func<string> module, bool keepsContents = false)
    {
        (this.module, this.keepsContents) = (module, keepsContents);
        if (hook is null)
        {
            throw new InvalidOperationException(
                $"'{typeof(torch).Assembly.Location}' is not woven, so nothing can be traced; import build/Toolchain.Export.targets into "
                + "the project that is run.");
        }
        NativeGuard.Set();
        hook.SetValue(null, new Action<string, object?[], object?>(OnCall));
    }

    /// <summary>Stops recording.</summary>
    public void Dispose() => hook!.SetValue(null, null);

    /// <summary>Makes a tensor known as an input.</summary>
    public void AddInput(string name, torch.Tensor tensor) =>
        WithoutRecording(() => held[tensor.Handle] = new TensorAlias(Add(Origin.Input, name, tensor), follows: true)
        {
            Memory = NativeTensor.Storage(tensor.Handle),
        });

    /// <summary>Makes what the module holds known; the first of several names of a shared tensor stays.</summary>
    public void AddState(ModuleState state) => WithoutRecording(() =>
    {
        foreach ((string key, torch.Tensor tensor) in state.Tensors)
        {
            held.TryAdd(tensor.Handle, new TensorAlias(null, follows: false) { State = key, Memory = NativeTensor.Storage(tensor.Handle) });
        }
        foreach (Scalar scalar in state.Scalars.Where(scalar => !torch.is_complex(scalar.Type)))
        {
            scalars[scalarHandle(scalar)] = new(scalar.ToDouble()) { IsFloating = torch.is_floating_point(scalar.Type) };
        }
    });

    /// <summary>What was recorded, with <paramref name="outputs"/> as the module's outputs.</summary>
    public RecordedRun Finish(IReadOnlyList<torch.Tensor> outputs)
    {
        int?[] numbers = new int?[outputs.Count];
        WithoutRecording(() =>
        {
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = held.TryGetValue(outputs[i].Handle, out TensorAlias? known) && Current(known) is TensorArgument tensor
                    && known.Follows ? tensor.Value : null;
            }
        });
        return new RecordedRun(values, calls, numbers);
    }

    // Called by the twins of the native methods, right after each call.
    void OnCall(string entry, object?[] arguments, object? result)
    {
        if (!suspended && Environment.CurrentManagedThreadId == thread && entry != LastError)
        {
            WithoutRecording(() =>
            {
                throwPending();
                Dispatch(NativeEntry.Of(entry), [.. arguments.Select(NativeArguments.Plain)], result);
            });
        }
    }

    // Reading a tensor calls native code as well, which is no part of the recording.
    void WithoutRecording(Action action)
    {
        suspended = true;
        try
        {
            action();
        }
        finally
        {
            suspended = false;
        }
    }
}
