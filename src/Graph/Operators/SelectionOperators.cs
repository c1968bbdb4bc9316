namespace Toolchain.Graph.Operators;

/// <summary>Operators whose results are as long as the values ask for.</summary>
static class SelectionOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("NonZero", 13, scope => [new(ElementType.Int64, new Shape(scope[0].Shape.Count, Dim.Unknown))], scope => [NonZero(scope[0])]),
        new("Compress", 13, InferCompress, Compress),
        new("Unique", 13, InferUnique, Unique),
    ];

    // [rank,K]: the places of what is not 0, row by row.
    static NdArray NonZero(NdArray x)
    {
        int[] places = [.. Enumerable.Range(0, x.Data.Length).Where(i => x.Data[i] != 0)], strides = NdArray.Strides(x.Dims);
        var result = new NdArray([x.Rank, places.Length], ElementType.Int64);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            for (int i = 0; i < places.Length; i++)
            {
                result.Data[axis * places.Length + i] = places[i] / strides[axis] % x.Dims[axis];
            }
        }
        return result;
    }

    static Shape Selected(TypeScope scope) => scope.Attributes.Has("axis")
        ? new Shape(scope[0].Shape.Select((dim, i) => i == scope[0].Shape.Axis(scope.Attributes.Int("axis", 0)) ? Dim.Unknown : dim))
        : new Shape(Dim.Unknown);

    static TensorType[] InferCompress(TypeScope scope) => scope[1].Shape.Count == 1 ? [new(scope[0].Element, Selected(scope))]
        : throw new GraphException($"the condition must have one axis, found {scope[1].Shape}.");

    // The rows along an axis, or the elements, whose condition holds; a condition may be too short.
    static NdArray[] Compress(ValueScope scope)
    {
        (NdArray x, int axis) = Rows(scope);
        return [Picked(x, axis, [.. Enumerable.Range(0, Math.Min(x.Dims[axis], scope[1].Data.Length)).Where(i => scope[1].Data[i] != 0)])];
    }

    static (NdArray X, int Axis) Rows(ValueScope scope) => scope.Attributes.Has("axis")
        ? (scope[0], scope[0].Axis(scope.Attributes.Int("axis", 0)))
        : (scope[0].Reshape([scope[0].Data.Length]), 0);

    static NdArray Picked(NdArray x, int axis, int[] rows)
    {
        int inner = NdArray.Product(x.Dims.AsSpan(axis + 1)), outer = NdArray.Product(x.Dims.AsSpan(0, axis)), at = 0;
        var result = new NdArray([.. x.Dims[..axis], rows.Length, .. x.Dims[(axis + 1)..]], x.Type);
        for (int i = 0; i < outer; i++)
        {
            foreach (int row in rows)
            {
                x.Data.AsSpan((i * x.Dims[axis] + row) * inner, inner).CopyTo(result.Data.AsSpan(at));
                at += inner;
            }
        }
        return result;
    }

    static TensorType[] InferUnique(TypeScope scope)
    {
        var count = new TensorType(ElementType.Int64, new Shape(Dim.Unknown));
        return [new(scope[0].Element, Selected(scope)), count, count, count];
    }

    // The different rows, in order of their elements or of their first places; where each is first, which one each row is, how many there
    // are.
    static NdArray[] Unique(ValueScope scope)
    {
        (NdArray x, int axis) = Rows(scope);
        double[][] rows = [.. Enumerable.Range(0, x.Dims[axis]).Select(row => Picked(x, axis, [row]).Data)];
        var first = new List<int>();
        for (int row = 0; row < rows.Length; row++)
        {
            if (!first.Any(known => rows[known].AsSpan().SequenceEqual(rows[row])))
            {
                first.Add(row);
            }
        }
        if (scope.Attributes.Int("sorted", 1) != 0)
        {
            first.Sort((a, b) => rows[a].AsSpan().SequenceCompareTo(rows[b]));
        }
        double[] inverse = [.. rows.Select(row => (double)first.FindIndex(known => rows[known].AsSpan().SequenceEqual(row)))];
        double[] counts = [.. first.Select((_, i) => (double)inverse.Count(number => number == i))];
        return [Picked(x, axis, [.. first]), Longs([.. first.Select(row => (double)row)]), Longs(inverse), Longs(counts)];
    }

    static NdArray Longs(double[] values) => new(values, [values.Length], ElementType.Int64);
}
