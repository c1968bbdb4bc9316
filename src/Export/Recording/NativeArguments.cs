using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Finds tensors among the arguments and results of a native call.</summary>
static class NativeArguments
{
    // What an array held when the last call of this thread that allocates took it, where TorchSharp lets the results replace it
    // (meshgrid): nobody holds it after the call, and its memory may be another object's.
    [ThreadStatic]
    static nint[]? kept;

    /// <summary>Handles of packed sequences as the numbers that handles of tensors are.</summary>
    public static object? Plain(object? value) =>
        value is SafeHandle handle && IsPacked(handle) ? handle.DangerousGetHandle() : value;

    /// <summary>Whether a result is a packed sequence.</summary>
    public static bool IsPacked(object? value) =>
        value is SafeHandle handle && handle.GetType().DeclaringType == typeof(torch.nn.utils.rnn.PackedSequence);

    /// <summary>Handles that an argument may name; some may be no tensors.</summary>
    public static IEnumerable<nint> Handles(NativeEntry entry, object?[] arguments, int position)
    {
        if (arguments[position] is nint[] many)
        {
            return many;
        }
        if (entry.Returns(position) || arguments[position] is not nint pointer || pointer == 0)
        {
            return [];
        }
        return entry.Length(position) < 0 ? [pointer] : [pointer, .. Elements(entry, arguments, position).Select(element => (nint)element)];
    }

    /// <summary>The 8-byte elements of an array that a pointer argument names.</summary>
    public static unsafe long[] Elements(NativeEntry entry, object?[] arguments, int position)
    {
        int count = entry.PointsToPair(position) ? 2 : Convert.ToInt32(arguments[entry.Length(position)], CultureInfo.InvariantCulture);
        if (kept?.Length == count && Allocates(arguments))
        {
            return [.. kept];
        }
        return count <= 0 ? [] : new ReadOnlySpan<long>((void*)(nint)arguments[position]!, count).ToArray();
    }

    /// <summary>Whether a call puts its results into an array that it has TorchSharp allocate.</summary>
    public static bool Allocates(object?[] arguments) => arguments.Any(argument => argument is Delegate);

    /// <summary>Keeps the array that the results of a call that allocates are about to replace, if there is one.</summary>
    public static void Keep(object?[] arguments) => kept = Allocated(arguments);

    static nint[]? Allocated(object?[] arguments)
    {
        object? allocator = arguments.OfType<Delegate>().FirstOrDefault()?.Target;
        return allocator?.GetType().GetProperty("Array")?.GetValue(allocator) as nint[];
    }

    /// <summary>The number that a pointer names.</summary>
    public static unsafe double Number(nint pointer) => *(double*)pointer;

    /// <summary>New tensors: the result, out arguments, and what the call put into arrays that it had allocated.</summary>
    public static IEnumerable<nint> Made(NativeEntry entry, object?[] arguments, object? result)
    {
        if (!entry.MakesTensors)
        {
            yield break;
        }
        if (Allocated(arguments) is nint[] many)
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
            if (entry.Returns(i) && arguments[i] is nint written && written != 0)
            {
                yield return written;
            }
        }
    }
}
