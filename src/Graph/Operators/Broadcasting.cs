namespace Toolchain.Graph.Operators;

/// <summary>ONNX's multidirectional broadcasting: axes align at the end, and an axis of 1 repeats.</summary>
static class Broadcasting
{
    public static Shape Infer(params ReadOnlySpan<Shape> shapes)
    {
        Shape result = shapes[0];
        foreach (Shape shape in shapes[1..])
        {
            result = Infer(result, shape);
        }
        return result;
    }

    static Shape Infer(Shape left, Shape right)
    {
        int rank = Math.Max(left.Count, right.Count);
        var dims = new Dim[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            dims[axis] = Infer(At(left, axis, rank), At(right, axis, rank), left, right);
        }
        return new Shape(dims);
    }

    static Dim At(Shape shape, int axis, int rank) => axis < rank - shape.Count ? 1 : shape[axis - rank + shape.Count];

    static Dim Infer(Dim a, Dim b, Shape left, Shape right) =>
        a == b || b.Size == 1 ? a
        : a.Size == 1 ? b
        : a.Size is not null && b.Size is not null ? throw new GraphException($"shapes {left} and {right} cannot be broadcast.")
        : a.Size is not null ? a
        : b.Size is not null ? b
        : Dim.Unknown;

    public static NdArray Apply(NdArray left, NdArray right, Func<double, double, double> function, ElementType type)
    {
        int[] dims = Dims(left.Dims, right.Dims);
        var result = new NdArray(dims, type);
        using IEnumerator<int> a = NdArray.Positions(dims, NdArray.BroadcastStrides(left.Dims, dims)).GetEnumerator();
        using IEnumerator<int> b = NdArray.Positions(dims, NdArray.BroadcastStrides(right.Dims, dims)).GetEnumerator();
        for (int i = 0; a.MoveNext() && b.MoveNext(); i++)
        {
            result.Data[i] = function(left.Data[a.Current], right.Data[b.Current]);
        }
        return result;
    }

    public static int[] Dims(int[] left, int[] right) =>
        [.. Infer(Shape.Of(left.Select(size => (long)size)), Shape.Of(right.Select(size => (long)size))).Sizes.Select(size => (int)size)];
}
