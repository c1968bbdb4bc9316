using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>
/// A native call of a traced module, as a converter sees it. Arguments are counted as in TorchSharp's native entry, lengths of arrays
/// included: in <c>THSTensor_conv2d(input, weight, bias, strides*, length, padding*, ...)</c> the strides are argument 3 and the padding is
/// argument 5. What reads an argument throws where that is of another kind, or changes with a named axis so that its value would be baked
/// into the model; an export reports that as this call's obstacle.
/// </summary>
public sealed partial class NativeCall
{
    readonly ConversionContext context;
    readonly MergedTrace trace;
    readonly int index;
    readonly RecordedCall call;
    readonly IReadOnlyList<RecordedCall> variants; // the call in each recording
    readonly IReadOnlyList<string?> changes;

    internal NativeCall(ConversionContext context, int index)
    {
        (this.context, trace, this.index) = (context, context.Trace, index);
        (variants, changes) = (trace.Calls[index], trace.Changes[index]);
        call = variants[0];
    }

    /// <summary>The native entry; of an in-place call the functional twin's name, without the underscore.</summary>
    public string Entry => Converter.Functional(call.Entry);

    /// <summary>Path of the module that made the call, such as "encoder.0".</summary>
    public string Module => call.Module;

    /// <summary>Number of results.</summary>
    public int ResultCount => call.Results.Count;

    /// <summary>Shape of a result as traced; an axis that follows a named one carries its name, or a name of its own.</summary>
    public Shape ResultShape(int result = 0) => trace.Shapes[call.Results[result]];

    /// <summary>Element type of a result as traced.</summary>
    public ElementType ResultType(int result = 0) => trace.Values[call.Results[result]].Element
        ?? throw Refuse("its result has an element type that ONNX export does not know");

    /// <summary>Shape of a tensor argument as traced.</summary>
    public Shape Shape(int argument) => trace.Shapes[TensorNumber(argument)];

    /// <summary>A tensor argument.</summary>
    public Value Tensor(int argument) => Known(TensorNumber(argument), argument);

    /// <summary>A tensor argument that may be left out.</summary>
    public Value? OptionalTensor(int argument) => IsGiven(argument) ? Tensor(argument) : null;

    /// <summary>Whether an optional tensor or scalar was given.</summary>
    public bool IsGiven(int argument) => call.Arguments[argument] is not NullArgument;

    /// <summary>An array of tensors.</summary>
    public IReadOnlyList<Value> Tensors(int argument) => call.Arguments[argument] is ArrayArgument array
        && array.Tensors.All(tensor => tensor is not null)
        ? [.. array.Tensors.Select(tensor => Known(tensor!.Value, argument))]
        : throw Lost(argument, "an array of tensors");

    /// <summary>An array of tensors some of which are left out.</summary>
    public IReadOnlyList<Value?> OptionalTensors(int argument) => call.Arguments[argument] switch
    {
        ArrayArgument array => [.. array.Tensors.Select(tensor => tensor is int number ? Known(number, argument) : null)],
        NullArgument => [],
        _ => throw Lost(argument, "an array of tensors"),
    };

    /// <summary>A scalar, such as the 2 of x * 2.</summary>
    public double Scalar(int argument) => call.Arguments[argument] is ScalarArgument scalar ? Fixed(scalar.Value, argument)
        : throw Lost(argument, "a scalar");

    /// <summary>A floating-point number.</summary>
    public double Number(int argument) => Plain(argument) is double or float
        ? Convert.ToDouble(Plain(argument), System.Globalization.CultureInfo.InvariantCulture) : throw Lost(argument, "a number");

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

    /// <summary>Whether a tensor argument depends on no input.</summary>
    internal bool IsConstant(int argument) => trace.Values[TensorNumber(argument)] is { Origin: Origin.State } or { Content: not null };

    /// <summary>Whether an argument is the same at all traced sizes.</summary>
    internal bool IsFixed(int argument) => changes[argument] is null;

    /// <summary>A scalar or whole number that may follow a named axis.</summary>
    internal Quantity Quantity(int argument) => new([.. variants.Select(variant => variant.Arguments[argument] switch
    {
        ScalarArgument { Value: double value } when value % 1 == 0 => (long)value,
        PlainArgument { Value: long or int or short or byte or sbyte } plain =>
            Convert.ToInt64(plain.Value, System.Globalization.CultureInfo.InvariantCulture),
        PlainArgument { Value: double or float } plain when Real(variant, argument) % 1 == 0 => (long)Real(variant, argument),
        _ => throw (changes[argument] is null ? Lost(argument, "a whole number") : Baked(argument)),
    })]);

    /// <summary>
    /// A number that C# computed from a size by floating point, as a float64 scalar; null where it is understood in no way.
    /// </summary>
    internal Value? FloatOfSize(GraphBuilder graph, int argument) =>
        FloatSize.Make(graph, context.Sizes, [.. variants.Select(variant => Real(variant, argument))]);

    /// <summary>Whether a number is whole in every recording.</summary>
    internal bool IsWhole(int argument) => variants.All(variant => Real(variant, argument) % 1 == 0);

    /// <summary>A scalar or plain number.</summary>
    internal double Real(int argument) => Fixed(Real(call, argument), argument);

    double Real(RecordedCall variant, int argument) => variant.Arguments[argument] switch
    {
        ScalarArgument scalar => scalar.Value,
        PlainArgument { Value: long or int or short or byte or sbyte or double or float } plain =>
            Convert.ToDouble(plain.Value, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw Lost(argument, "a number"),
    };

    /// <summary>An array of whole numbers each of which may follow a named axis; empty when it was left out.</summary>
    internal Quantity[] Quantities(int argument) => call.Arguments[argument] switch
    {
        ArrayArgument first => [.. first.Elements.Select((_, i) =>
            new Quantity([.. variants.Select(variant => ((ArrayArgument)variant.Arguments[argument]).Elements[i])]))],
        NullArgument => [],
        _ => throw Lost(argument, "an array of numbers"),
    };

    /// <summary>The sizes of a tensor argument.</summary>
    internal IReadOnlyList<Quantity> Sizes(int argument) => trace.Sizes[TensorNumber(argument)];

    /// <summary>The sizes of a result.</summary>
    internal IReadOnlyList<Quantity> ResultSizes(int result = 0) => trace.Sizes[call.Results[result]];

    /// <summary>Sizes as an int64 vector of the graph.</summary>
    internal Value Vector(params IReadOnlyList<Quantity> quantities) => context.Sizes.Of(quantities);

    /// <summary>The module whose handle an argument is: how it was constructed, and its weights.</summary>
    internal OpaqueModule OpaqueModule(int argument) =>
        context.Opaque.Find((call.Arguments[argument] as PlainArgument)?.Value as System.Runtime.InteropServices.SafeHandle)
        ?? throw Refuse("the module that makes this call is not held by the traced module; keep it in a field");

    /// <summary>A weight of an opaque module.</summary>
    internal Value State(OpaqueModule module, string name) => context.StateOf(module.Key(name));

    /// <summary>A constant that is made of an opaque module's weights, once for all calls of the module.</summary>
    internal Value Packed(OpaqueModule module, string name, Func<TensorData> make) => context.Packed(module.Key(name), make);

    /// <summary>The same call with another value for its first tensor.</summary>
    internal NativeCall WithFirst(Value first) =>
        new(context with { ValueOf = number => number == TensorNumber(0) ? first : context.ValueOf(number) }, index);

    /// <summary>Whether a scalar is a floating-point number, such as 2.0.</summary>
    internal bool IsFloatingScalar(int argument) => call.Arguments[argument] is ScalarArgument { IsFloating: true };

    /// <summary>
    /// Whether NaN in x must go through a maximum or the like; where it need not but can come, the report names this call.
    /// </summary>
    internal bool MustKeepNaN(GraphBuilder graph, Value x)
    {
        bool mayCome = MayBeNaN(graph, x);
        if (mayCome && !context.KeepsNaN)
        {
            context.DropsNaN.Add(Place);
        }
        return mayCome && context.KeepsNaN;
    }

    /// <summary>Tells the report that NaN in x may not come through this call.</summary>
    internal void MayDropNaN(GraphBuilder graph, Value x)
    {
        if (MayBeNaN(graph, x))
        {
            context.DropsNaN.Add(Place);
        }
    }

    string Place => $"{(Module == "" ? "(root)" : Module)}: {Entry}";

    bool MayBeNaN(GraphBuilder graph, Value x) => !NumbersOnly.Holds(graph, x, trace.Values
        .Where(value => value is { Origin: Origin.Input, Element: ElementType element } && !element.IsFloat())
        .Select(value => value.Name!).ToHashSet());

    /// <summary>The call that made a tensor or packed sequence.</summary>
    internal NativeCall Maker(int argument)
    {
        int number = TensorNumber(argument);
        int maker = trace.Calls.ToList().FindIndex(made => made[0].Results.Contains(number));
        return maker >= 0 ? new(context, maker) : throw Refuse($"argument {argument} was made outside of the trace");
    }

    /// <summary>Whether a tensor argument holds complex numbers.</summary>
    internal bool IsComplex(int argument) => trace.Values[TensorNumber(argument)].IsComplex;

    /// <summary>Whether it takes complex numbers and real floating-point ones.</summary>
    internal bool MixesReal() => call.Tensors.Any(number => trace.Values[number].IsComplex)
        && call.Tensors.Any(number => trace.Values[number] is { IsComplex: false, Element: ElementType.Float32 or ElementType.Float64 });

    /// <summary>
    /// The same call on the real (0) or imaginary (1) part of its complex tensors; of others the imaginary part is not asked for.
    /// </summary>
    internal NativeCall OfPart(GraphBuilder graph, int part) => new(
        context with
        {
            Trace = trace.OfParts(),
            ValueOf = number => context.ValueOf(number) is Value value && trace.Values[number].IsComplex
                ? graph.Apply("Gather", [value, graph.Constant(TensorData.Scalar(part, ElementType.Int64))],
                    new Attributes { ["axis"] = -1 })
                : context.ValueOf(number),
        }, index);

    /// <summary>The call whose position in the trace is an argument of this one.</summary>
    internal NativeCall Other(int argument) => new(context, (int)Integer(argument));

    object? Plain(int argument) => call.Arguments[argument] is PlainArgument plain ? Fixed(plain.Value, argument)
        : throw Lost(argument, "a plain value");

    int TensorNumber(int argument) => call.Arguments[argument] is TensorArgument tensor ? tensor.Value : throw Lost(argument, "a tensor");

    Value Known(int number, int argument) => context.ValueOf(number)
        ?? throw Refuse($"argument {argument} would be baked into the model: "
        + $"{changes[argument] ?? "it holds a constant that changes with a named axis"}");

    T Fixed<T>(T value, int argument) => changes[argument] is null ? value : throw Baked(argument);

    Exception Baked(int argument) => Refuse($"argument {argument} would be baked into the model: {changes[argument]}");

    Exception Lost(int argument, string expected) => Refuse(call.Arguments[argument] is LostArgument lost
        ? $"argument {argument} cannot be followed: {lost.Reason}"
        : $"argument {argument} must be {expected}, found {call.Arguments[argument].GetType().Name}");
}
