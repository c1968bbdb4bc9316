using System.Reflection;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>
/// Listens to the woven TorchSharp.dll while a module runs. A tensor is known by its native handle; handles are reused after a dispose, so every
/// call that makes a tensor overwrites what was known of its handle. Only calls of the recording thread count.
/// </summary>
sealed class NativeRecorder : IDisposable
{
    static readonly FieldInfo? hook = typeof(torch).Assembly.GetType("TorchSharp.PInvoke.CallRecorder")?.GetField("Current");
    static readonly Lock gate = new();

    /// <summary>What is known of a live handle.</summary>
    /// <param name="Value">Number of the tensor once a recorded call has taken or made it.</param>
    /// <param name="Follows">Whether the tensor depends on an input.</param>
    /// <param name="Storage">Memory that it shares with its views.</param>
    /// <param name="State">Key of the state dict, or "".</param>
    /// <param name="Lost">Why the tensor cannot be followed any more, or null.</param>
    sealed record Held(int? Value, bool Follows, nint Storage, string State = "", string? Lost = null);

    readonly Dictionary<nint, Held> held = [];
    readonly Dictionary<nint, double> scalars = [];
    readonly List<RecordedValue> values = [];
    readonly List<RecordedCall> calls = [];
    readonly Func<string> module;
    readonly int thread = Environment.CurrentManagedThreadId;
    bool suspended;

    /// <summary>Starts to listen.</summary>
    /// <param name="module">The path of the module that runs now.</param>
    /// <exception cref="InvalidOperationException">TorchSharp.dll is not woven.</exception>
    public NativeRecorder(Func<string> module)
    {
        this.module = module;
        if (hook is null)
        {
            throw new InvalidOperationException(
                $"'{typeof(torch).Assembly.Location}' is not woven, so nothing can be traced; import build/Toolchain.Export.targets into the project that is run.");
        }
        // One recording at a time: the hook is one field for the whole process.
        gate.Enter();
        hook.SetValue(null, new Action<string, object?[], object?>(Hear));
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        hook!.SetValue(null, null);
        gate.Exit();
    }

    /// <summary>Makes a tensor known as an input.</summary>
    public void AddInput(string name, torch.Tensor tensor) => Quietly(() =>
        held[tensor.Handle] = new Held(Add(Origin.Input, name, tensor, null), Follows: true, NativeTensor.Storage(tensor.Handle)));

    /// <summary>Makes a tensor known as a parameter or buffer.</summary>
    public void AddState(string key, torch.Tensor tensor) => Quietly(() =>
    {
        // The first of several names of a shared tensor stays.
        held.TryAdd(tensor.Handle, new Held(null, Follows: false, NativeTensor.Storage(tensor.Handle), key));
    });

    /// <summary>What was recorded, with <paramref name="outputs"/> as the module's outputs.</summary>
    public Recording Finish(IReadOnlyList<torch.Tensor> outputs)
    {
        int?[] numbers = [.. outputs.Select(output => held.GetValueOrDefault(output.Handle) is { Follows: true, Lost: null } known ? known.Value : null)];
        return new Recording(values, calls, numbers);
    }

    // Called by the twins of the native methods, right after each call.
    void Hear(string entry, object?[] arguments, object? result)
    {
        if (!suspended && Environment.CurrentManagedThreadId == thread)
        {
            Quietly(() => Note(NativeEntry.Of(entry), arguments, result));
        }
    }

    // Reading a tensor calls native code as well, which is no part of the recording.
    void Quietly(Action action)
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

    void Note(NativeEntry entry, object?[] arguments, object? result)
    {
        switch (entry.Name)
        {
            case "THSTensor_dispose":
                held.Remove((nint)arguments[0]!);
                return;
            case "THSTorch_dispose_scalar":
                scalars.Remove((nint)arguments[0]!);
                return;
        }
        if (entry.Name.EndsWith("_to_scalar", StringComparison.Ordinal))
        {
            NoteScalar(arguments, (nint)result!);
            return;
        }
        if (entry.IsQuery)
        {
            return;
        }

        bool follows = arguments.SelectMany((argument, i) => Handles(entry, arguments, i)).Any(handle => held.GetValueOrDefault(handle) is { Follows: true });
        if (follows)
        {
            NoteCall(entry, arguments, result);
        }
        else
        {
            NoteConstants(entry, arguments, result);
        }
    }

    void NoteScalar(object?[] arguments, nint handle)
    {
        held.Remove(handle);
        if (arguments.Length == 1)
        {
            scalars[handle] = Convert.ToDouble(arguments[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    // Made of constants only, it is a constant; its content is read where a recorded call first takes it.
    void NoteConstants(NativeEntry entry, object?[] arguments, object? result)
    {
        foreach (nint handle in Made(entry, arguments, result))
        {
            scalars.Remove(handle);
            held[handle] = new Held(null, Follows: false, NativeTensor.Storage(handle));
        }
        if (entry.IsInPlace && arguments is [nint changed, ..] && held.TryGetValue(changed, out Held? known))
        {
            string? lost = known.State == "" ? null : $"the module changes '{known.State}' of its state dict by {entry.Name} while it runs";
            MarkViews(changed, known.Storage, $"{entry.Name} changed the memory that it shares");
            held[changed] = known with { Value = null, Lost = lost };
        }
    }

    void NoteCall(NativeEntry entry, object?[] arguments, object? result)
    {
        Argument[] captured = [.. arguments.Select((_, i) => Capture(entry, arguments, i))];
        nint[] made = [.. Made(entry, arguments, result)];
        string path = module();
        if (entry.IsInPlace && arguments is [nint changed, ..] && held.TryGetValue(changed, out Held? target))
        {
            captured[0] = target.Follows ? captured[0] : new LostArgument($"{entry.Name} writes a value that depends on the input into a tensor that does not");
            MarkViews(changed, target.Storage, $"{entry.Name} of '{path}' changed the memory that it shares");
            made = [changed, .. made];
        }
        int? shared = null;
        foreach (nint handle in made)
        {
            scalars.Remove(handle);
            // An in-place call returns its own argument under a second handle.
            int number = shared is int first && entry.IsInPlace ? first : Add(Origin.Result, "", NativeTensor.Borrow(handle), null);
            shared ??= number;
            held[handle] = new Held(number, Follows: true, NativeTensor.Storage(handle));
        }
        calls.Add(new RecordedCall(entry.Name, path, captured, [.. made.Select(handle => held[handle].Value!.Value).Distinct()], entry.IsInPlace));
    }

    void MarkViews(nint changed, nint storage, string reason)
    {
        foreach (nint handle in held.Keys.ToArray())
        {
            if (handle != changed && storage != 0 && held[handle].Storage == storage)
            {
                held[handle] = held[handle] with { Lost = reason };
            }
        }
    }

    static IEnumerable<nint> Handles(NativeEntry entry, object?[] arguments, int position)
    {
        if (arguments[position] is nint[] many)
        {
            return many;
        }
        if (entry.IsOut[position] || arguments[position] is not nint pointer || pointer == 0)
        {
            return [];
        }
        return entry.LengthOf[position] < 0 ? [pointer] : [pointer, .. Elements(entry, arguments, position).Select(element => (nint)element)];
    }

    static unsafe long[] Elements(NativeEntry entry, object?[] arguments, int position)
    {
        int count = Convert.ToInt32(arguments[entry.LengthOf[position]], System.Globalization.CultureInfo.InvariantCulture);
        return count <= 0 ? [] : new ReadOnlySpan<long>((void*)(nint)arguments[position]!, count).ToArray();
    }

    // New tensors: the result, out arguments, and what the call put into arrays that it had allocated.
    static IEnumerable<nint> Made(NativeEntry entry, object?[] arguments, object? result)
    {
        if (!entry.MakesTensors)
        {
            yield break;
        }
        object? allocator = arguments.OfType<Delegate>().FirstOrDefault()?.Target;
        if (allocator?.GetType().GetProperty("Array")?.GetValue(allocator) is nint[] many)
        {
            // Some of these entries return nothing, though TorchSharp declares a pointer (THSTensor_chunk): it must not be followed.
            foreach (nint handle in many.Where(handle => handle != 0))
            {
                yield return handle;
            }
            yield break;
        }
        if (result is nint single && single != 0)
        {
            yield return single;
        }
        for (int i = 0; i < arguments.Length; i++)
        {
            if (entry.IsOut[i] && arguments[i] is nint written && written != 0)
            {
                yield return written;
            }
        }
    }

    Argument Capture(NativeEntry entry, object?[] arguments, int position)
    {
        if (entry.IsOut[position] || arguments[position] is not nint pointer)
        {
            return new PlainArgument(arguments[position]);
        }
        if (pointer == 0)
        {
            return new NullArgument();
        }
        if (held.ContainsKey(pointer))
        {
            return Tensor(pointer);
        }
        if (scalars.TryGetValue(pointer, out double number))
        {
            return new ScalarArgument(number);
        }
        if (entry.LengthOf[position] < 0)
        {
            return new LostArgument("it was made before the trace and is neither input, parameter nor buffer; register it with register_buffer");
        }
        long[] elements = Elements(entry, arguments, position);
        Argument?[] tensors = [.. elements.Select(element => held.ContainsKey((nint)element) ? Tensor((nint)element) : null)];
        return tensors.OfType<LostArgument>().FirstOrDefault() as Argument ?? new ArrayArgument(elements, [.. tensors.Select(tensor => (tensor as TensorArgument)?.Value)]);
    }

    Argument Tensor(nint handle)
    {
        Held known = held[handle];
        if (known.Lost is not null)
        {
            return new LostArgument(known.Lost);
        }
        if (known.Value is null)
        {
            torch.Tensor tensor = NativeTensor.Borrow(handle);
            int number = known.State == ""
                ? Add(Origin.Constant, "", tensor, NativeTensor.Read(tensor))
                : Add(Origin.State, known.State, tensor, null);
            held[handle] = known = known with { Value = number };
        }
        return new TensorArgument(known.Value!.Value);
    }

    int Add(Origin origin, string name, torch.Tensor tensor, TensorData? content)
    {
        values.Add(new RecordedValue(origin, name, tensor.shape, NativeTensor.Element(tensor.dtype), content));
        return values.Count - 1;
    }
}
