using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Index expressions such as x[.., 1, null, 2..5]. Native arguments: (input, starts*, ends*, steps*, tensors*, count); the start of each
/// item also encodes its kind, by numbers near the lowest one (TorchSharp, THSTensor.cpp, completeTensorIndices).
/// </summary>
static class IndexExpressionConverter
{
    const long Missing = long.MinValue, Ellipsis = long.MinValue + 3, NewAxis = long.MinValue + 4, ByTensor = long.MinValue + 5,
        OpenStart = long.MinValue + 6;
    const long LowestSingle = long.MinValue / 4, SliceCentre = long.MinValue / 2;

    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_index", Index),
        .. Enumerable.Range(1, 6).Select(axes => new Converter($"THSTensor_get{axes}", (graph, call) =>
            Enumerable.Range(1, axes)
            .Aggregate(call.Tensor(0), (x, argument) =>
            graph.Apply("Gather", [x, graph.Squeeze(call.Vector(call.Quantity(argument)), 0)], new Attributes { ["axis"] = 0 })))),
    ];

    /// <summary>The indices of the call, if it is a single mask over the first axes, as in x[mask]; otherwise null.</summary>
    public static Value? Mask(NativeCall call) => call.OptionalTensors(4) is [Value { Type.Element: ElementType.Bool } mask] ? mask : null;

    // Slices first, all at once; then the axes that single numbers take away, last one first; then new axes; then indices by tensors.
    public static Value Index(GraphBuilder graph, NativeCall call)
    {
        Quantity[] items = call.Quantities(1), ends = call.Quantities(2), steps = call.Quantities(3);
        IReadOnlyList<Value?> tensors = call.OptionalTensors(4);
        int taken = items.Count(item => item.Values[0] is not (Ellipsis or NewAxis or Missing));
        var slices = new List<SliceItem>();
        var singles = new List<(long Axis, Quantity Number)>();
        var added = new List<long>();
        var picks = new List<(int Axis, Value Index)>();
        (int axis, int result) = (0, 0);
        for (int i = 0; i < items.Length; i++)
        {
            switch (items[i].Values[0])
            {
                case Ellipsis:
                    int skipped = call.Shape(0).Count - taken;
                    (axis, result) = (axis + skipped, result + skipped);
                    break;
                case NewAxis or Missing:
                    added.Add(result++);
                    break;
                case ByTensor when tensors[i] is Value { Type.Element: ElementType.Int64 or ElementType.Int32 } index:
                    axis++;
                    picks.Add((result++, graph.Cast(index, ElementType.Int64)));
                    break;
                case ByTensor when tensors[i] is Value { Type.Element: ElementType.Bool, Shape.Count: > 0 } mask:
                    picks.AddRange(SelectionConverters.Places(graph, mask).Select(place => (result++, place)));
                    axis += mask.Shape.Count;
                    break;
                case > LowestSingle:
                    singles.Add((axis++, items[i]));
                    break;
                case >= OpenStart:
                    Quantity none = items[i].Select(_ => 0);
                    Quantity start = items[i].Values[0] == OpenStart ? none : items[i].Select(item => item - SliceCentre);
                    Quantity end = ends.Length > 0 && ends[i].Values[0] != Missing ? ends[i] : none.Select(_ => long.MaxValue);
                    Quantity step = steps.Length > 0 && steps[i].Values[0] != Missing ? steps[i] : none.Select(_ => 1);
                    slices.Add(new(axis++, start, end, step));
                    result++;
                    break;
                default:
                    throw call.Refuse("an index must be a number, a slice, whole numbers or a mask of bool; cast it first");
            }
        }
        Value x = slices.Count == 0 ? call.Tensor(0) : Slice(graph, call, call.Tensor(0), slices);
        foreach ((long along, Quantity number) in Enumerable.Reverse(singles))
        {
            x = graph.Apply("Gather", [x, graph.Squeeze(call.Vector(number), 0)], new Attributes { ["axis"] = along });
        }
        x = added.Count == 0 ? x : graph.Unsqueeze(x, [.. added]);
        return picks.Count switch
        {
            0 => x,
            1 => graph.Apply("Gather", [x, picks[0].Index], new Attributes { ["axis"] = picks[0].Axis }),
            _ => Pick(graph, x, picks),
        };
    }

    // Several index tensors are broadcast and walked together. Their axes come first, or in place if they are neighbours.
    static Value Pick(GraphBuilder graph, Value x, List<(int Axis, Value Index)> picks)
    {
        int rank = x.Shape.Count, width = picks.Max(pick => pick.Index.Shape.Count), first = picks[0].Axis;
        int resultRank = width + rank - picks.Count;
        int[] axes = [.. picks.Select(pick => pick.Axis)], rest = [.. Enumerable.Range(0, rank).Except(axes)];
        Value shape = graph.Apply("Shape", [picks.Select(pick => pick.Index).Aggregate(graph.Add)]);
        Value indices = graph.Apply("Concat", [.. picks.Select(pick => graph.Unsqueeze(graph.Apply("Expand", [pick.Index, shape]), -1))],
            new Attributes { ["axis"] = -1 });
        Value picked = graph.Apply("GatherND", [graph.Transpose(x, [.. axes.Concat(rest).Select(axis => (long)axis)]), indices]);
        bool together = axes.Select((axis, i) => axis - i).Distinct().Count() == 1;
        int[] order = [.. Enumerable.Range(width, first), .. Enumerable.Range(0, width),
            .. Enumerable.Range(width + first, Math.Max(0, resultRank - width - first))];
        return together && first > 0 ? graph.Transpose(picked, [.. order.Select(axis => (long)axis)]) : picked;
    }

    sealed record SliceItem(long Axis, Quantity Start, Quantity End, Quantity Step);

    static Value Slice(GraphBuilder graph, NativeCall call, Value x, List<SliceItem> slices) => graph.Apply("Slice",
    [
        x, call.Vector([.. slices.Select(slice => slice.Start)]), call.Vector([.. slices.Select(slice => slice.End)]),
        graph.Constant(TensorData.Vector([.. slices.Select(slice => slice.Axis)])), call.Vector([.. slices.Select(slice => slice.Step)]),
    ]);
}
