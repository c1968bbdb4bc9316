namespace Toolchain.Graph.Operators;

/// <summary>Operators along one axis: the largest elements in order, and running sums.</summary>
static class OrderingOperators
{
    public static IEnumerable<Operator> All =>
        [new("TopK", 13, InferTopK, TopK), new("CumSum", 13, scope => [scope[0]], scope => [CumSum(scope)])];

    static TensorType[] InferTopK(TypeScope scope)
    {
        Shape shape = scope[0].Shape;
        int axis = shape.Axis(scope.Attributes.Int("axis", -1));
        Dim count = scope.Constant(1) is TensorData given ? given.ToInt64s()[0] : Dim.Unknown;
        if (count.Size is long k && shape[axis].Size is long size && k > size)
        {
            throw new GraphException($"'k' must be in [0..{size}] along axis {axis} of {shape}, was {k}.");
        }
        var result = new Shape(shape.Select((dim, i) => i == axis ? count : dim));
        return [new(scope[0].Element, result), new(ElementType.Int64, result)];
    }

    // Equal elements keep their order, the lower index first.
    static NdArray[] TopK(ValueScope scope)
    {
        NdArray x = scope[0];
        int axis = x.Axis(scope.Attributes.Int("axis", -1)), count = (int)scope[1].Data[0];
        bool largest = scope.Attributes.Int("largest", 1) != 0;
        int[] dims = [.. x.Dims];
        dims[axis] = count;
        NdArray values = new(dims, x.Type), indices = new(dims, ElementType.Int64);
        foreach ((int from, int to, int stride) in Rows(x.Dims, dims, axis))
        {
            IEnumerable<int> numbers = Enumerable.Range(0, x.Dims[axis]);
            int[] order =
                [.. (largest ? numbers.OrderByDescending(i => x.Data[from + i * stride]) : numbers.OrderBy(i => x.Data[from + i * stride]))
                .Take(count)];
            for (int i = 0; i < count; i++)
            {
                (values.Data[to + i * stride], indices.Data[to + i * stride]) = (x.Data[from + order[i] * stride], order[i]);
            }
        }
        return [values, indices];
    }

    static NdArray CumSum(ValueScope scope)
    {
        NdArray x = scope[0];
        int axis = x.Axis((long)scope[1].Data[0]), length = x.Dims[axis];
        bool exclusive = scope.Attributes.Int("exclusive", 0) != 0, reverse = scope.Attributes.Int("reverse", 0) != 0;
        var result = new NdArray(x.Dims, x.Type);
        foreach ((int from, _, int stride) in Rows(x.Dims, x.Dims, axis))
        {
            double sum = 0;
            for (int i = 0; i < length; i++)
            {
                int at = from + (reverse ? length - 1 - i : i) * stride;
                result.Data[at] = exclusive ? sum : sum + x.Data[at];
                sum += x.Data[at];
            }
        }
        return result;
    }

    /// <param name="From">Where a row along an axis starts in one tensor.</param>
    /// <param name="To">Where it starts in another that differs only in that axis.</param>
    /// <param name="Stride">Distance of its elements in both.</param>
    readonly record struct RowPlace(int From, int To, int Stride);

    static IEnumerable<RowPlace> Rows(int[] from, int[] to, int axis)
    {
        int inner = NdArray.Product(from.AsSpan(axis + 1)), outer = NdArray.Product(from.AsSpan(0, axis));
        for (int row = 0; row < outer; row++)
        {
            for (int i = 0; i < inner; i++)
            {
                yield return new(row * from[axis] * inner + i, row * to[axis] * inner + i, inner);
            }
        }
    }
}
