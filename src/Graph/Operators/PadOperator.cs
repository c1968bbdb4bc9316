namespace Toolchain.Graph.Operators;

/// <summary>
/// Pad: axes lengthened at both ends by a constant, by reflection, by the edge, or (opset 19) around the other end; negative pads cut.
/// </summary>
static class PadOperator
{
    public static IEnumerable<Operator> All => [new("Pad", 13, Infer, scope => [Pad(scope)])];

    static TensorType[] Infer(TypeScope scope)
    {
        Shape from = scope[0].Shape;
        if (scope.Constant(1) is not TensorData given || (scope.Optional(3) is not null && scope.Constant(3) is null))
        {
            return [new(scope[0].Element, new Shape(from.Select(_ => Dim.Unknown)))];
        }
        (int[] begin, int[] end) = Ends(given.ToInt64s(), scope.Constant(3)?.ToInt64s(), from);
        return [new(scope[0].Element, new Shape(from.Select((dim, axis) => begin[axis] + end[axis] == 0 ? dim : dim.Size is long size
            ? size + begin[axis] + end[axis] : Dim.Unknown)))];
    }

    static NdArray Pad(ValueScope scope)
    {
        NdArray x = scope[0];
        string mode = scope.Attributes.Text("mode", "constant");
        double fill = scope.Optional(2)?.Data.FirstOrDefault() ?? 0;
        (int[] begin, int[] end) = Ends(scope[1].ToInt64s(), scope.Optional(3)?.ToInt64s(), x.Shape);
        int[] dims = [.. x.Dims.Select((size, axis) => size + begin[axis] + end[axis])], strides = NdArray.Strides(x.Dims);
        var result = new NdArray(dims, x.Type);
        int at = 0;
        foreach (int[] position in Windows.Positions(dims))
        {
            int source = 0;
            for (int axis = 0; axis < dims.Length && source >= 0; axis++)
            {
                int from = Source(position[axis] - begin[axis], x.Dims[axis], mode);
                source = from < 0 ? -1 : source + from * strides[axis];
            }
            result.Data[at++] = source < 0 ? fill : x.Data[source];
        }
        return result;
    }

    // The position inside an axis of `size` that a padded position shows, or -1 for the constant.
    static int Source(int position, int size, string mode) => mode switch
    {
        _ when position >= 0 && position < size => position,
        "constant" => -1,
        "edge" => Math.Clamp(position, 0, size - 1),
        "reflect" => Reflect(position, size),
        "wrap" => (position % size + size) % size,
        _ => throw new GraphException($"'mode' must be constant, edge, reflect or wrap, found {mode}."),
    };

    // 2 1 | 0 1 2 3 | 2 1: without repeating the edge.
    static int Reflect(int position, int size)
    {
        int period = Math.Max(1, 2 * (size - 1)), folded = (position % period + period) % period;
        return folded < size ? folded : period - folded;
    }

    static (int[] Begin, int[] End) Ends(long[] given, long[]? axes, Shape shape)
    {
        int[] padded = axes?.Select(shape.Axis).ToArray() ?? [.. Enumerable.Range(0, shape.Count)], begin = new int[shape.Count],
            end = new int[shape.Count];
        if (given.Length != 2 * padded.Length)
        {
            throw new GraphException($"{padded.Length} axes need {2 * padded.Length} pads, found {given.Length}.");
        }
        for (int i = 0; i < padded.Length; i++)
        {
            (begin[padded[i]], end[padded[i]]) = (checked((int)given[i]), checked((int)given[i + padded.Length]));
        }
        return (begin, end);
    }
}
