using Toolchain.Graph;

namespace Toolchain.Export.Recording;

/// <summary>Where a recorded tensor comes from.</summary>
enum Origin
{
    /// <summary>An input of the traced module.</summary>
    Input,
    /// <summary>A parameter or buffer: a key of the state dict.</summary>
    State,
    /// <summary>A tensor that depends on no input; its content was read where it was first used.</summary>
    Constant,
    /// <summary>The result of a recorded call.</summary>
    Result,
}

/// <summary>A tensor of a recording.</summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Name">Name of an input or key of the state dict, otherwise "".</param>
/// <param name="Sizes">Sizes of its axes in this recording.</param>
/// <param name="Element">Element type, or null for one that the graph does not know; such a tensor is refused where it is used.</param>
/// <param name="Content">Content of a constant, otherwise null.</param>
sealed record RecordedValue(Origin Origin, string Name, long[] Sizes, ElementType? Element, TensorData? Content)
{
    /// <summary>Whether it holds complex numbers: in the graph pairs of real and imaginary parts, on a last axis of 2.</summary>
    public bool IsComplex { get; init; }

    /// <summary>
    /// Whether it is a packed sequence: in the graph the padded one [L,N,..], whose lengths the call that packed it knows.
    /// </summary>
    public bool IsPacked { get; init; }
}

/// <summary>A native call that made or changed tensors, or read one that depends on an input.</summary>
/// <param name="Entry">Native entry, such as THSTensor_relu.</param>
/// <param name="Module">Path of the module that made the call; "" for the traced module itself.</param>
/// <param name="Arguments">The arguments by native position.</param>
/// <param name="Results">Numbers of the tensors that it made; of an in-place call, of its first argument afterwards.</param>
/// <param name="IsInPlace">Whether it changed its first argument.</param>
/// <param name="Follows">Whether a tensor that it took or changed depends on an input.</param>
sealed record RecordedCall(string Entry, string Module, IReadOnlyList<Argument> Arguments, IReadOnlyList<int> Results, bool IsInPlace,
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
sealed record Recording(IReadOnlyList<RecordedValue> Values, IReadOnlyList<RecordedCall> Calls, IReadOnlyList<int?> Outputs)
{
    /// <summary>Size of all results, as float32: about what the run took while its tensors lived.</summary>
    public long ResultBytes =>
        Values.Where(value => value.Origin == Origin.Result)
        .Sum(value => value.Sizes.Aggregate((long)sizeof(float), (product, size) => product * size));
}
