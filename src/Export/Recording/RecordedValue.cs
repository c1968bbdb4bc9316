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
