namespace Toolchain.Export.Recording;

/// <summary>A native call that made or changed tensors, or read one that depends on an input.</summary>
/// <param name="Entry">Native entry, such as THSTensor_relu.</param>
/// <param name="Module">Path of the module that made the call; "" for the traced module itself.</param>
/// <param name="Arguments">The arguments by native position.</param>
/// <param name="Results">Numbers of the tensors that it made; of an in-place call, of its first argument afterwards.</param>
/// <param name="Follows">Whether a tensor that it took or changed depends on an input.</param>
sealed record RecordedCall(string Entry, string Module, IReadOnlyList<Argument> Arguments, IReadOnlyList<int> Results,
    bool Follows)
{
    /// <summary>
    /// Ending of the entry of a call that puts new elements back through a view: the arguments are the viewed tensor, the position of the
    /// call that made the view, which of its results was written, and the new elements.
    /// </summary>
    public const string WriteSuffix = ".write";

    /// <summary>Numbers of the tensors that it takes.</summary>
    public IEnumerable<int> Tensors => Arguments.SelectMany(argument => argument switch
    {
        TensorArgument tensor => [tensor.Value],
        ArrayArgument array => array.Tensors.OfType<int>(),
        _ => (IEnumerable<int>)[],
    });
}

/// <summary>What one run of a module did.</summary>
/// <param name="Values">All tensors, by number.</param>
/// <param name="Calls">Calls in order.</param>
/// <param name="Outputs">Numbers of the outputs, or null where an output cannot be followed.</param>
sealed record RecordedRun(IReadOnlyList<RecordedValue> Values, IReadOnlyList<RecordedCall> Calls, IReadOnlyList<int?> Outputs)
{
    /// <summary>Size of all results, as float32: about what the run took while its tensors lived.</summary>
    public long ResultBytes =>
        Values.Where(value => value.Origin == Origin.Result)
            .Sum(value => value.Sizes.Aggregate((long)sizeof(float), (product, size) => product * size));
}
