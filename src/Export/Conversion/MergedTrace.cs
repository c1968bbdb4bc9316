using Toolchain.Export.Recording;
using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>A recording made at several sizes of the named axes.</summary>
/// <param name="Values">The tensors of the first recording.</param>
/// <param name="Sizes">For each of them the sizes of its axes over the recordings.</param>
/// <param name="Shapes">The same as shapes; axes that follow a named one carry its name, or a name of their own.</param>
/// <param name="Calls">The calls, each as it was in every recording.</param>
/// <param name="Changes">For each call and argument what changed between the recordings, or null.</param>
/// <param name="Varying">Constants whose content or size changed between the recordings.</param>
/// <param name="Outputs">Numbers of the outputs, or null where an output does not depend on the inputs.</param>
/// <param name="HasDerived">
/// Whether some size follows an axis without being one, or some argument changes: more recordings determine it.
/// </param>
sealed record MergedTrace(
    IReadOnlyList<RecordedValue> Values, IReadOnlyList<Quantity[]> Sizes, IReadOnlyList<Shape> Shapes, IReadOnlyList<RecordedCall[]> Calls,
    IReadOnlyList<IReadOnlyList<string?>> Changes, IReadOnlySet<int> Varying, IReadOnlyList<int?> Outputs, bool HasDerived)
{
    /// <summary>Whether some number could be several quotients of an axis.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>Whether C# passed numbers to native calls that it computed from sizes.</summary>
    public bool TakesNumbers { get; init; }

    /// <summary>The content of a constant in each recording; null where it was not read.</summary>
    public required Func<int, IReadOnlyList<TensorData?>> Contents { get; init; }

    /// <summary>Whether a call takes or makes complex numbers.</summary>
    public bool IsComplex(RecordedCall call) => call.Results.Concat(call.Tensors).Any(number => Values[number].IsComplex);

    /// <summary>The same trace as one part of all complex numbers sees it: without the axis of the parts.</summary>
    public MergedTrace OfParts() => this with
    {
        Sizes = [.. Sizes.Select((sizes, i) => Values[i].IsComplex ? sizes[..^1] : sizes)],
        Shapes = [.. Shapes.Select((shape, i) => Values[i].IsComplex ? new Shape(shape.SkipLast(1)) : shape)],
    };
}

/// <summary>
/// Compares recordings: what is equal is constant, what follows an axis gets its name, everything else is told apart for a refusal.
/// </summary>
/// <param name="recordings">One for each of <paramref name="sizes"/>.</param>
/// <param name="axes">Names of the axes.</param>
/// <param name="sizes">Sizes of the axes in each recording.</param>
sealed class TraceMerger(IReadOnlyList<RecordedRun> recordings, IReadOnlyList<string> axes, IReadOnlyList<int[]> sizes)
{
    readonly SizeTable table = new(axes, [.. axes.Select((_, axis) => new Quantity([.. sizes.Select(size => (long)size[axis])]))]);

    /// <exception cref="ExportException">The recordings take different ways.</exception>
    public MergedTrace Merge()
    {
        RecordedRun first = recordings[0];
        for (int other = 1; other < recordings.Count; other++)
        {
            Compare(first, recordings[other], other);
        }
        IReadOnlyList<Quantity[]> quantities = [.. first.Values.Select((_, i) => Sizes(i))];
        IReadOnlyList<Shape> shapes = [.. quantities.Select(axes => new Shape(axes.Select(axis => table[axis])))];
        RecordedCall[][] calls = [.. first.Calls.Select((_, i) => recordings.Select(recording => recording.Calls[i]).ToArray())];
        IReadOnlyList<string?>[] changes =
            [.. calls.Select(call => (IReadOnlyList<string?>)[.. call[0].Arguments.Select((_, argument) => Change(call, argument))])];
        (bool takesNumbers, bool isStepped) = new ArgumentNumbers(calls, changes, Contents).Compare(quantities);
        HashSet<int> varying = [.. Enumerable.Range(0, first.Values.Count).Where(Varies)];
        bool hasDerived = table.HasDerived || changes.Any(call => call.Any(change => change is not null));
        return new MergedTrace(first.Values, quantities, shapes, calls, changes, varying, first.Outputs, hasDerived)
        {
            IsAmbiguous = isStepped
                || quantities.SelectMany(sizes => sizes).Where(size => !size.IsConstant).Distinct().Any(table.IsAmbiguous),
            TakesNumbers = takesNumbers,
            Contents = Contents,
        };
    }

    void Compare(RecordedRun first, RecordedRun second, int other)
    {
        for (int i = 0; i < Math.Max(first.Calls.Count, second.Calls.Count); i++)
        {
            (RecordedCall? a, RecordedCall? b) = (first.Calls.ElementAtOrDefault(i), second.Calls.ElementAtOrDefault(i));
            if (a?.Entry != b?.Entry || a?.Module != b?.Module || !SameTensors(a!, b!))
            {
                throw new ExportException(
                    $"the module takes another way at {At(other)} than at {At(0)}: operator {i} is {Describe(b)} instead of {Describe(a)}. "
                    + "Control flow cannot depend on the size of a named axis.");
            }
        }
    }

    IReadOnlyList<TensorData?> Contents(int value) => [.. recordings.Select(recording => recording.Values[value].Content)];

    string At(int recording) => string.Join(", ", axes.Select((axis, i) => $"{axis}={sizes[recording][i]}"));

    static string Describe(RecordedCall? call) => call is null ? "the end" : call.Module == "" ? call.Entry
        : $"{call.Entry} of '{call.Module}'";

    static bool SameTensors(RecordedCall a, RecordedCall b) =>
        a.Results.SequenceEqual(b.Results) && a.Arguments.Select(Wiring).SequenceEqual(b.Arguments.Select(Wiring));

    // The numbers of the tensors that an argument names.
    static string Wiring(Argument argument) => argument switch
    {
        TensorArgument tensor => $"{tensor.Value}",
        ArrayArgument array => string.Join(",", array.Tensors),
        _ => argument.GetType().Name,
    };

    Quantity[] Sizes(int value)
    {
        int rank = recordings[0].Values[value].Sizes.Length;
        foreach ((RecordedRun recording, int i) in recordings.Select((recording, i) => (recording, i)))
        {
            if (recording.Values[value].Sizes.Length != rank)
            {
                throw new ExportException($"a tensor has {rank} axes at {At(0)} and {recording.Values[value].Sizes.Length} at {At(i)}; the "
                    + "number of axes must not depend on a size.");
            }
        }
        return [.. Enumerable.Range(0, rank).Select(axis =>
            new Quantity([.. recordings.Select(recording => recording.Values[value].Sizes[axis])]))];
    }

    string? Change(RecordedCall[] call, int argument)
    {
        string first = Text(call[0].Arguments[argument], recordings[0]);
        for (int i = 1; i < call.Length; i++)
        {
            string other = Text(call[i].Arguments[argument], recordings[i]);
            if (other != first)
            {
                return $"it is {first} at {At(0)} and {other} at {At(i)}";
            }
        }
        return null;
    }

    bool Varies(int value)
    {
        string first = Text(recordings[0].Values[value].Content);
        return recordings.Skip(1)
            .Any(recording => Text(recording.Values[value].Content) != first
            || !recording.Values[value].Sizes.SequenceEqual(recordings[0].Values[value].Sizes));
    }

    static string Text(Argument argument, RecordedRun recording) => argument switch
    {
        ScalarArgument scalar => Text((object)scalar.Value),
        PlainArgument plain => Text(plain.Value),
        ArrayArgument array when array.Tensors.All(tensor => tensor is null) => $"[{string.Join(",", array.Elements)}]",
        TensorArgument tensor => Text(recording.Values[tensor.Value].Content),
        _ => "",
    };

    static string Text(TensorData? content) => content is null
        ? ""
        : $"a constant [{string.Join(",", content.Sizes)}] of digest {content.Digest()[..8]}";

    static string Text(object? value) => value switch
    {
        null => "null",
        System.Runtime.InteropServices.SafeHandle or Delegate => "",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
