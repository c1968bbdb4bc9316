namespace Toolchain.Graph.Operators;

/// <summary>Numbers in order, number of elements, and repetition.</summary>
static class RangeOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("Range", 13, InferRange, scope => [Range(scope)]),
        new("Size", 13, _ => [new(ElementType.Int64, new Shape())], scope => [new([scope[0].Data.Length], [], ElementType.Int64)]),
        new("Tile", 13, InferTile, scope => [Tile(scope)]),
    ];

    static TensorType[] InferRange(TypeScope scope) =>
        scope.Constant(0) is TensorData start && scope.Constant(1) is TensorData limit && scope.Constant(2) is TensorData delta
            ? [new(scope[0].Element, new Shape(Count(start.ToDoubles()[0], limit.ToDoubles()[0], delta.ToDoubles()[0])))]
            : [new(scope[0].Element, new Shape(Dim.Unknown))];

    static NdArray Range(ValueScope scope)
    {
        (double start, double delta) = (scope[0].Data[0], scope[2].Data[0]);
        int count = (int)Count(start, scope[1].Data[0], delta);
        return new([.. Enumerable.Range(0, count).Select(i => start + i * delta)], [count], scope[0].Type);
    }

    static long Count(double start, double limit, double delta) => delta != 0
        ? (long)Math.Max(0, Math.Ceiling((limit - start) / delta))
        : throw new GraphException("'delta' must not be 0.");

    static TensorType[] InferTile(TypeScope scope) => scope.Constant(1) is TensorData repeats
        ? [new(scope[0].Element, new Shape(scope[0].Shape.Zip(repeats.ToInt64s(), (dim, count) =>
            count == 1 ? dim : dim.Size is long size ? size * count : Dim.Unknown)))]
        : [new(scope[0].Element, new Shape(scope[0].Shape.Select(_ => Dim.Unknown)))];

    static NdArray Tile(ValueScope scope)
    {
        NdArray x = scope[0];
        int[] dims = [.. x.Dims.Zip(scope[1].Data, (size, count) => size * (int)count)], strides = NdArray.Strides(x.Dims);
        var result = new NdArray(dims, x.Type);
        int at = 0;
        foreach (int[] position in Windows.Positions(dims))
        {
            result.Data[at++] = x.Data[position.Select((place, axis) => place % x.Dims[axis] * strides[axis]).Sum()];
        }
        return result;
    }
}
