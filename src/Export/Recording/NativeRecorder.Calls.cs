using Toolchain.Graph;

namespace Toolchain.Export.Recording;

/// <summary>Which calls are recorded, and what their results are.</summary>
sealed partial class NativeRecorder
{
    void Dispatch(NativeEntry entry, object?[] arguments, object? result)
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
            RecordScalar(entry, arguments, (nint)result!);
        }
        else if (!entry.IsQuery)
        {
            RecordCall(entry, arguments, result);
        }
    }

    void RecordScalar(NativeEntry entry, object?[] arguments, nint handle)
    {
        held.Remove(handle);
        if (arguments.Length == 1)
        {
            double value = Convert.ToDouble(arguments[0], System.Globalization.CultureInfo.InvariantCulture);
            scalars[handle] = new(value) { IsFloating = entry.Name.Contains("float", StringComparison.Ordinal) };
        }
    }

    void RecordCall(NativeEntry entry, object?[] arguments, object? result)
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
        Argument[] captured = [.. arguments.Select((_, i) => Capture(entry, arguments, i, read: follows)),
            .. MemoryFacts(entry, arguments)];
        var call = new RecordedCall(entry.Name, module(), captured, [], follows);
        if (written is null)
        {
            RecordResults(call, made, taken.FirstOrDefault(), packed);
        }
        else
        {
            RecordWrite(call, changed, made, written);
        }
        // What comes from nowhere has only its content.
        if (!follows && taken.Length == 0)
        {
            made.Where(held.ContainsKey).ToList().ForEach(handle => Read(held[handle], handle));
        }
    }

    void RecordResults(RecordedCall call, nint[] made, TensorAlias? parent, nint packed)
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
}
