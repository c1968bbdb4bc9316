namespace Toolchain.Export.Recording;

/// <summary>One argument of a recorded native call.</summary>
abstract record Argument;

/// <summary>A null pointer: an optional tensor or scalar that was left out.</summary>
sealed record NullArgument : Argument;

/// <summary>A tensor, by its number in the recording.</summary>
sealed record TensorArgument(int Value) : Argument;

/// <summary>A tensor that the recording cannot follow; <paramref name="Reason"/> says why.</summary>
sealed record LostArgument(string Reason) : Argument;

/// <summary>A native scalar.</summary>
sealed record ScalarArgument(double Value) : Argument
{
    /// <summary>Whether it is a floating-point number, even a whole one: it promotes integers.</summary>
    public bool IsFloating { get; init; }
}

/// <summary>A pinned array: its 8-byte elements, and the numbers of those that are tensors.</summary>
sealed record ArrayArgument(long[] Elements, int?[] Tensors) : Argument;

/// <summary>A number, flag, text or module handle, as the managed caller passed it.</summary>
sealed record PlainArgument(object? Value) : Argument;
