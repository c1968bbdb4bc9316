using Toolchain.Export.Conversion;
using Toolchain.Export.Recording;
using Toolchain.Graph;

namespace Toolchain.Export;

/// <summary>
/// A native call of a traced module, as a converter sees it. Arguments are counted as in TorchSharp's native entry, lengths of arrays included:
/// in <c>THSTensor_conv2d(input, weight, bias, strides*, length, padding*, ...)</c> the strides are argument 3 and the padding is argument 5.
/// </summary>
public sealed class NativeCall
{
    readonly RecordedCall call;
    readonly MergedTrace trace;
    readonly IReadOnlyList<string?> changes;
    readonly Func<int, Value> valueOf;

    internal NativeCall(RecordedCall call, MergedTrace trace, IReadOnlyList<string?> changes, Func<int, Value> valueOf) =>
        (this.call, this.trace, this.changes, this.valueOf) = (call, trace, changes, valueOf);

    /// <summary>The native entry; of an in-place call the functional twin's name, without the underscore.</summary>
    public string Entry => call.IsInPlace ? call.Entry[..^1] : call.Entry;

    /// <summary>Path of the module that made the call, such as "encoder.0".</summary>
    public string Module => call.Module;

    /// <summary>Number of results.</summary>
    public int ResultCount => call.Results.Count;

    /// <summary>Shape of a result as traced; axes that follow the named axis carry its name.</summary>
    public Shape ResultShape(int result = 0) => trace.Shapes[call.Results[result]];

    /// <summary>Element type of a result as traced.</summary>
    public ElementType ResultType(int result = 0) => trace.Values[call.Results[result]].Element ?? throw Refuse("its result has an element type that ONNX export does not know");

    /// <summary>Shape of a tensor argument as traced.</summary>
    public Shape Shape(int argument) => trace.Shapes[TensorNumber(argument)];

    /// <summary>A tensor argument.</summary>
    public Value Tensor(int argument) => valueOf(TensorNumber(argument));

    /// <summary>A tensor argument that may be left out.</summary>
    public Value? OptionalTensor(int argument) => IsGiven(argument) ? Tensor(argument) : null;

    /// <summary>Whether an optional tensor or scalar was given.</summary>
    public bool IsGiven(int argument) => call.Arguments[argument] is not NullArgument;

    /// <summary>An array of tensors.</summary>
    public IReadOnlyList<Value> Tensors(int argument) => call.Arguments[argument] is ArrayArgument array && array.Tensors.All(tensor => tensor is not null)
        ? [.. array.Tensors.Select(tensor => valueOf(Unchanged(tensor!.Value, argument)))]
        : throw Lost(argument, "an array of tensors");

    /// <summary>An array of tensors some of which are left out.</summary>
    public IReadOnlyList<Value?> OptionalTensors(int argument) => call.Arguments[argument] switch
    {
        ArrayArgument array => [.. array.Tensors.Select(tensor => tensor is int number ? valueOf(Unchanged(number, argument)) : null)],
        NullArgument => [],
        _ => throw Lost(argument, "an array of tensors"),
    };

    /// <summary>A scalar, such as the 2 of x * 2.</summary>
    public double Scalar(int argument) => call.Arguments[argument] is ScalarArgument scalar ? Fixed(scalar.Value, argument) : throw Lost(argument, "a scalar");

    /// <summary>A floating-point number.</summary>
    public double Number(int argument) => Plain(argument) is double or float ? Convert.ToDouble(Plain(argument), System.Globalization.CultureInfo.InvariantCulture) : throw Lost(argument, "a number");

    /// <summary>A whole number.</summary>
    public long Integer(int argument) => Plain(argument) is long or int or sbyte or byte or short
        ? Convert.ToInt64(Plain(argument), System.Globalization.CultureInfo.InvariantCulture)
        : throw Lost(argument, "a whole number");

    /// <summary>A flag.</summary>
    public bool Flag(int argument) => Plain(argument) is bool flag ? flag : throw Lost(argument, "a flag");

    /// <summary>A text, or null.</summary>
    public string? Text(int argument) => Plain(argument) as string;

    /// <summary>An array of whole numbers; empty when it was left out.</summary>
    public long[] Integers(int argument) => call.Arguments[argument] switch
    {
        ArrayArgument array => Fixed(array.Elements, argument),
        NullArgument => [],
        _ => throw Lost(argument, "an array of numbers"),
    };

    /// <summary>An exception that refuses this call: "module: entry: <paramref name="reason"/>". Throw it.</summary>
    public Exception Refuse(string reason) => new Refusal(reason);

    object? Plain(int argument) => call.Arguments[argument] is PlainArgument plain ? Fixed(plain.Value, argument) : throw Lost(argument, "a plain value");

    int TensorNumber(int argument) => call.Arguments[argument] is TensorArgument tensor ? Unchanged(tensor.Value, argument) : throw Lost(argument, "a tensor");

    int Unchanged(int number, int argument) => trace.Values[number].Content is null ? number : Fixed(number, argument);

    T Fixed<T>(T value, int argument) => changes[argument] is string change
        ? throw Refuse($"argument {argument} would be baked into the model: {change}")
        : value;

    Exception Lost(int argument, string expected) => Refuse(call.Arguments[argument] is LostArgument lost
        ? $"argument {argument} cannot be followed: {lost.Reason}"
        : $"argument {argument} must be {expected}, found {call.Arguments[argument].GetType().Name}");
}
