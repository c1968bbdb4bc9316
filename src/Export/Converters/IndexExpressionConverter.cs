using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>
/// Index expressions such as x[.., 1, null, 2..5]. Native arguments: (input, starts*, ends*, steps*, tensors*, count); the start of each item also
/// says what it is, by numbers near the lowest one (TorchSharp, THSTensor.cpp, completeTensorIndices).
/// </summary>
static class IndexExpressionConverter
{
    const long Missing = long.MinValue, Ellipsis = long.MinValue + 3, NewAxis = long.MinValue + 4, ByTensor = long.MinValue + 5, OpenStart = long.MinValue + 6;
    const long LowestSingle = long.MinValue / 4, SliceCentre = long.MinValue / 2;

    public static IEnumerable<Converter> All => [new("THSTensor_index", Index)];

    // Slices first, all at once; then the axes that single numbers take away, last one first; then the new ones.
    public static Value Index(GraphBuilder graph, NativeCall call)
    {
        long[] items = call.Integers(1), ends = call.Integers(2), steps = call.Integers(3);
        IReadOnlyList<Value?> tensors = call.OptionalTensors(4);
        int taken = items.Count(item => item is not (Ellipsis or NewAxis or Missing));
        var slices = new List<(long Axis, long Start, long End, long Step)>();
        var picks = new List<(long Axis, Value Index, bool Drops)>();
        var added = new List<long>();
        (int axis, int result) = (0, 0);
        for (int i = 0; i < items.Length; i++)
        {
            switch (items[i])
            {
                case Ellipsis:
                    int skipped = call.Shape(0).Count - taken;
                    (axis, result) = (axis + skipped, result + skipped);
                    break;
                case NewAxis or Missing:
                    added.Add(result++);
                    break;
                case ByTensor when tensors[i] is Value { Type.Element: ElementType.Int64 or ElementType.Int32 } index:
                    picks.Add((axis++, index, false));
                    result += index.Shape.Count;
                    break;
                case > LowestSingle:
                    picks.Add((axis++, graph.Constant(TensorData.Of([items[i]])), true));
                    break;
                case >= OpenStart:
                    long start = items[i] == OpenStart ? 0 : items[i] - SliceCentre;
                    slices.Add((axis++, start, ends.Length > 0 && ends[i] != Missing ? ends[i] : long.MaxValue, steps.Length > 0 && steps[i] != Missing ? steps[i] : 1));
                    result++;
                    break;
                default:
                    throw call.Refuse("a mask as index gives a result whose size depends on values; use torch.where");
            }
        }
        if (picks.Any(pick => !pick.Drops) && picks.Count > 1)
        {
            throw call.Refuse("a tensor as index can stand with slices, but not with other indices");
        }
        Value x = slices.Count == 0 ? call.Tensor(0) : Slice(graph, call.Tensor(0), slices);
        foreach ((long along, Value index, _) in Enumerable.Reverse(picks))
        {
            x = graph.Apply("Gather", [x, index], new Attributes { ["axis"] = along });
        }
        return added.Count == 0 ? x : graph.Unsqueeze(x, [.. added]);
    }

    static Value Slice(GraphBuilder graph, Value x, List<(long Axis, long Start, long End, long Step)> slices) => graph.Apply("Slice",
    [
        x, Vector(graph, slices.Select(slice => slice.Start)), Vector(graph, slices.Select(slice => slice.End)),
        Vector(graph, slices.Select(slice => slice.Axis)), Vector(graph, slices.Select(slice => slice.Step)),
    ]);

    static Value Vector(GraphBuilder graph, IEnumerable<long> numbers) => graph.Constant(TensorData.Vector([.. numbers]));
}
