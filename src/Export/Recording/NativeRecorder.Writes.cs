namespace Toolchain.Export.Recording;

/// <summary>Calls that change a tensor.</summary>
sealed partial class NativeRecorder
{
    // The tensor takes a new number; so do those that it is a view of, and its other views when they are used next.
    void RecordWrite(RecordedCall call, nint changed, nint[] made, TensorAlias alias)
    {
        bool follows = call.Follows || alias.Follows;
        int number = Add(follows ? Origin.Result : Origin.Constant, "", NativeTensor.Borrow(changed));
        calls.Add(call with { Results = [number] });
        if (alias.State != "" || RootOf(alias).State != "")
        {
            alias.Lost = RootOf(alias).Lost = $"the module changes '{RootOf(alias).State}' of its state dict by {call.Entry} while it runs";
        }
        var path = new List<(TensorAlias Alias, int Number)> { (alias, number) };
        for (TensorAlias view = alias; view.Parent is TensorAlias parent; view = parent)
        {
            number = WriteBack(view, parent, number, call.Module, follows);
            path.Add((parent, number));
        }
        alias.MarkWritten();
        path.ForEach(step => step.Alias.Renew(step.Number, follows || step.Alias.Follows));
        // An in-place call returns its own argument under a second handle.
        foreach (nint handle in made)
        {
            scalars.Remove(handle);
            held[handle] = alias;
        }
    }

    // The parent with the elements that the view shows replaced by those of tensor `number`.
    int WriteBack(TensorAlias view, TensorAlias parent, int number, string path, bool follows)
    {
        (int made, int result) = view.View!.Value;
        Argument target = Current(parent);
        int whole = target is TensorArgument tensor
            ? Add(values[tensor.Value] with
            {
                Origin = follows || parent.Follows ? Origin.Result : Origin.Constant,
                Name = "",
                Content = null
            })
            : Add(values[number]);
        calls.Add(new RecordedCall(
            calls[made].Entry + RecordedCall.WriteSuffix, path,
            [target, new PlainArgument(made), new PlainArgument(result), new TensorArgument(number)], [whole],
            follows || parent.Follows));
        return whole;
    }

    static TensorAlias RootOf(TensorAlias alias) => alias.Parent is null ? alias : RootOf(alias.Parent);
}
