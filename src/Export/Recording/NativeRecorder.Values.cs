using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Arguments of recorded calls, and the tensors that they name.</summary>
sealed partial class NativeRecorder
{
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
        Argument?[] tensors = [.. elements.Select(element =>
            held.TryGetValue((nint)element, out TensorAlias? item) ? Tensor(item, (nint)element, read) : null)];
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
            Origin origin = follows ? Origin.Result : Origin.Constant;
            int[] again = [.. view.Results.Select(number => Add(values[number] with { Origin = origin, Content = null }))];
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
