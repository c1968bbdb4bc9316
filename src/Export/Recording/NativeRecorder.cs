using System.Reflection;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>
/// Listens to the woven TorchSharp.dll while a module runs. A tensor is known by its native handle; handles are reused after a dispose, so
/// every call that makes a tensor overwrites what was known of its handle. Only calls of the recording thread count.
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

    /// <summary>Starts to listen.</summary>
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
                + $"the project that is run.");
        }
        NativeGuard.Set();
        hook.SetValue(null, new Action<string, object?[], object?>(Hear));
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => hook!.SetValue(null, null);

    /// <summary>Makes a tensor known as an input.</summary>
    public void AddInput(string name, torch.Tensor tensor) =>
        Quietly(() =>
        held[tensor.Handle] = new TensorAlias(Add(Origin.Input, name, tensor),
        follows: true)
        { Memory = NativeTensor.Storage(tensor.Handle) });

    /// <summary>Makes what the module holds known; the first of several names of a shared tensor stays.</summary>
    public void AddState(ModuleState state) => Quietly(() =>
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
    public Recording Finish(IReadOnlyList<torch.Tensor> outputs)
    {
        int?[] numbers = new int?[outputs.Count];
        Quietly(() =>
        {
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = held.TryGetValue(outputs[i].Handle, out TensorAlias? known) && Current(known) is TensorArgument tensor
                    && known.Follows ? tensor.Value : null;
            }
        });
        return new Recording(values, calls, numbers);
    }

    // Called by the twins of the native methods, right after each call.
    void Hear(string entry, object?[] arguments, object? result)
    {
        if (!suspended && Environment.CurrentManagedThreadId == thread && entry != LastError)
        {
            Quietly(() =>
            {
                throwPending();
                Note(NativeEntry.Of(entry), [.. arguments.Select(NativeArguments.Plain)], result);
            });
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
            NoteScalar(entry, arguments, (nint)result!);
        }
        else if (!entry.IsQuery)
        {
            NoteCall(entry, arguments, result);
        }
    }

    void NoteScalar(NativeEntry entry, object?[] arguments, nint handle)
    {
        held.Remove(handle);
        if (arguments.Length == 1)
        {
            double value = Convert.ToDouble(arguments[0], System.Globalization.CultureInfo.InvariantCulture);
            scalars[handle] = new(value) { IsFloating = entry.Name.Contains("float", StringComparison.Ordinal) };
        }
    }

    void NoteCall(NativeEntry entry, object?[] arguments, object? result)
    {
        TensorAlias[] taken = [.. arguments.SelectMany((_, i) => NativeArguments.Handles(entry, arguments, i))
            .Select(handle => held.GetValueOrDefault(handle)).OfType<TensorAlias>()];
        // TorchSharp reads the number of rows off the batch sizes; whatever else they hold changes with the values, and is refused for
        // that.
        bool follows = taken.Any(alias => alias.Follows) && entry.Name != "THSNN_PackedSequence_batch_sizes";
        nint packed = NativeArguments.IsPacked(result) ? (nint)NativeArguments.Plain(result)! : 0;
        nint[] made = [.. NativeArguments.Made(entry, arguments, NativeArguments.Plain(result))];
        nint changed = entry.Written(arguments) is int target and >= 0 ? (nint)arguments[target]! : 0;
        TensorAlias? written = held.GetValueOrDefault(changed);
        if (!follows && made.Length == 0 && written is null)
        {
            return;
        }
        Argument[] captured = [.. arguments.Select((_, i) => Capture(entry, arguments, i, read: follows)), .. MemoryFacts(entry, arguments)];
        var call = new RecordedCall(entry.Name, module(), captured, [], written is not null, follows);
        if (written is null)
        {
            NoteMade(call, made, taken.FirstOrDefault(), packed);
        }
        else
        {
            NoteWritten(call, changed, made, written);
        }
        // What comes from nowhere has only its content.
        if (!follows && taken.Length == 0)
        {
            made.Where(held.ContainsKey).ToList().ForEach(handle => Read(held[handle], handle));
        }
    }

    void NoteMade(RecordedCall call, nint[] made, TensorAlias? parent, nint packed)
    {
        Origin origin = call.Follows ? Origin.Result : Origin.Constant;
        int[] numbers = [.. made.Select(handle => handle == packed
            ? Add(new RecordedValue(origin, "", [], ElementType.Float32, null) { IsPacked = true })
                : Add(origin, "", NativeTensor.Borrow(handle)))];
        call = call with { Results = numbers };
        calls.Add(call);
        for (int i = 0; i < made.Length; i++)
        {
            scalars.Remove(made[i]);
            nint memory = made[i] == packed ? 0 : NativeTensor.Storage(made[i]);
            bool isView = call.Arguments is [TensorArgument, ..] && memory != 0 && parent?.Memory == memory;
            held[made[i]] = new TensorAlias(numbers[i], call.Follows, isView ? parent : null)
            {
                View = isView ? (calls.Count - 1, i) : null,
                Memory = memory
            };
        }
    }

    // Strides count elements of memory: behind the arguments stands whether these are the elements of the tensor in order.
    static Argument[] MemoryFacts(NativeEntry entry, object?[] arguments)
    {
        if (entry.Name != "THSTensor_as_strided")
        {
            return [];
        }
        torch.Tensor tensor = NativeTensor.Borrow((nint)arguments[0]!);
        return [new PlainArgument(tensor.is_contiguous() && tensor.storage_offset() == 0)];
    }

    Argument Capture(NativeEntry entry, object?[] arguments, int position, bool read)
    {
        if (entry.Returns(position) || arguments[position] is not nint pointer)
        {
            return new PlainArgument(arguments[position]);
        }
        if (pointer == 0)
        {
            return new NullArgument();
        }
        if (entry.PointsToNumber(position))
        {
            return new ScalarArgument(NativeArguments.Number(pointer));
        }
        if (held.TryGetValue(pointer, out TensorAlias? alias))
        {
            return Tensor(alias, pointer, read);
        }
        if (scalars.TryGetValue(pointer, out ScalarArgument? number))
        {
            return number;
        }
        if (entry.Length(position) < 0 && !entry.PointsToPair(position))
        {
            return new LostArgument("it was made before the trace and is neither an input nor held by the module; "
                + "keep it in a field, or register it with register_buffer");
        }
        long[] elements = NativeArguments.Elements(entry, arguments, position);
        Argument?[] tensors =
            [.. elements.Select(element => held.TryGetValue((nint)element, out TensorAlias? item) ? Tensor(item, (nint)element, read)
            : null)];
        return tensors.OfType<LostArgument>().FirstOrDefault() as Argument
            ?? new ArrayArgument(elements, [.. tensors.Select(tensor => (tensor as TensorArgument)?.Value)]);
    }

    Argument Tensor(TensorAlias alias, nint handle, bool read)
    {
        if (alias.State != "" && alias.Number is null)
        {
            alias.Renew(Add(Origin.State, alias.State, NativeTensor.Borrow(handle)), follows: false);
        }
        Argument current = Current(alias);
        if (read && !alias.Follows && alias.State == "" && alias.Lost is null)
        {
            Read(alias, handle);
        }
        return current;
    }

    // The tensor as it is now; a view that was overtaken by a write is made again from its parent.
    Argument Current(TensorAlias alias)
    {
        if (alias.Lost is not null)
        {
            return new LostArgument(alias.Lost);
        }
        if (alias.IsStale)
        {
            RecordedCall view = calls[alias.View!.Value.Call];
            Argument parent = Current(alias.Parent!);
            bool follows = alias.Parent!.Follows || alias.Follows;
            int[] again =
                [.. view.Results.Select(number => Add(values[number] with { Origin = follows ? Origin.Result : Origin.Constant,
                Content = null }))];
            calls.Add(view with { Arguments = [parent, .. view.Arguments.Skip(1)], Results = again, Follows = follows });
            alias.Renew(again[alias.View.Value.Result], follows);
        }
        return new TensorArgument(alias.Number!.Value);
    }

    void Read(TensorAlias alias, nint handle)
    {
        int number = alias.Number!.Value;
        if (values[number] is { Origin: Origin.Constant, Content: null, Element: not null })
        {
            values[number] = values[number] with { Content = NativeTensor.Read(NativeTensor.Borrow(handle)) };
        }
    }

    int Add(Origin origin, string name, torch.Tensor tensor)
    {
        bool isKept = keepsContents && origin == Origin.Result && NativeTensor.Element(tensor.dtype) is not null;
        bool isComplex = NativeTensor.IsComplex(tensor.dtype);
        long[] sizes = isComplex ? [.. tensor.shape, 2] : tensor.shape;
        return Add(new RecordedValue(origin, name, sizes, NativeTensor.Element(tensor.dtype), isKept ? NativeTensor.Read(tensor) : null)
        {
            IsComplex = isComplex,
        });
    }

    int Add(RecordedValue value)
    {
        values.Add(value);
        return values.Count - 1;
    }
}
