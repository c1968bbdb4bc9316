using Toolchain.Export.Recording;
using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>A recording made twice, at two sizes of the named axis.</summary>
/// <param name="Values">The tensors of the first recording.</param>
/// <param name="Shapes">Their shapes; axes that follow the named one carry its name, axes that change otherwise are unknown.</param>
/// <param name="Calls">The calls of the first recording.</param>
/// <param name="Changes">For each call and argument what changed between the recordings, or null.</param>
/// <param name="Outputs">Numbers of the outputs, or null where an output does not depend on the inputs.</param>
sealed record MergedTrace(
    IReadOnlyList<RecordedValue> Values, IReadOnlyList<Shape> Shapes, IReadOnlyList<RecordedCall> Calls,
    IReadOnlyList<IReadOnlyList<string?>> Changes, IReadOnlyList<int?> Outputs);

/// <summary>Compares two recordings: what is equal is constant, what equals the axis follows it, everything else is told apart for a refusal.</summary>
sealed class TraceMerger(Recording.Recording first, Recording.Recording second, string axis, long firstSize, long secondSize)
{
    /// <exception cref="ExportException">The recordings take different ways.</exception>
    public MergedTrace Merge()
    {
        for (int i = 0; i < Math.Max(first.Calls.Count, second.Calls.Count); i++)
        {
            (RecordedCall? a, RecordedCall? b) = (first.Calls.ElementAtOrDefault(i), second.Calls.ElementAtOrDefault(i));
            if (a?.Entry != b?.Entry || a?.Module != b?.Module || !SameTensors(a!, b!))
            {
                throw new ExportException(
                    $"the module takes another way at {axis}={secondSize} than at {axis}={firstSize}: operator {i} is {Describe(b)} instead of {Describe(a)}. Control flow cannot depend on the size of a named axis.");
            }
        }
        return new MergedTrace(
            first.Values,
            [.. first.Values.Zip(second.Values, (a, b) => Merge(a.Sizes, b.Sizes))],
            first.Calls,
            [.. first.Calls.Zip(second.Calls, (a, b) => (IReadOnlyList<string?>)[.. a.Arguments.Zip(b.Arguments, Change)])],
            first.Outputs);
    }

    static string Describe(RecordedCall? call) => call is null ? "the end" : call.Module == "" ? call.Entry : $"{call.Entry} of '{call.Module}'";

    static bool SameTensors(RecordedCall a, RecordedCall b) =>
        a.Results.SequenceEqual(b.Results) && a.Arguments.Select(Wiring).SequenceEqual(b.Arguments.Select(Wiring));

    // The numbers of the tensors that an argument names.
    static string Wiring(Argument argument) => argument switch
    {
        TensorArgument tensor => $"{tensor.Value}",
        ArrayArgument array => string.Join(",", array.Tensors),
        _ => argument.GetType().Name,
    };

    Shape Merge(long[] a, long[] b) => a.Length == b.Length
        ? new Shape(a.Zip(b, (x, y) => x == y ? x : x == firstSize && y == secondSize ? (Dim)axis : Dim.Unknown))
        : throw new ExportException($"a tensor has {a.Length} axes at {axis}={firstSize} and {b.Length} at {axis}={secondSize}; the number of axes must not depend on a size.");

    string? Change(Argument a, Argument b)
    {
        (string x, string y) = (Text(a, first), Text(b, second));
        return x == y ? null : $"it is {x} at {axis}={firstSize} and {y} at {axis}={secondSize}";
    }

    static string Text(Argument argument, Recording.Recording recording) => argument switch
    {
        ScalarArgument scalar => Text(scalar.Value),
        PlainArgument plain => Text(plain.Value),
        ArrayArgument array when array.Tensors.All(tensor => tensor is null) => $"[{string.Join(",", array.Elements)}]",
        TensorArgument tensor when recording.Values[tensor.Value] is { Content: TensorData content } =>
            $"a constant [{string.Join(",", content.Sizes)}] of digest {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content.Bytes.Span))[..8]}",
        _ => "",
    };

    static string Text(object? value) => value switch
    {
        null => "null",
        System.Runtime.InteropServices.SafeHandle or Delegate => "",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
