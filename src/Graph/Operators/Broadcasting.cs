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
        if (result.Data.Length == 0)
        {
            return result;
        }
        // A row is the last axis: along it, an operand moves by one or stays.
        int[] a = NdArray.BroadcastStrides(left.Dims, dims), b = NdArray.BroadcastStrides(right.Dims, dims);
        int length = dims.Length == 0 ? 1 : dims[^1], stepA = a.LastOrDefault(), stepB = b.LastOrDefault();
        int[] outer = dims.Length == 0 ? [] : dims[..^1];
        int[] lefts = [.. NdArray.Positions(outer, a)], rights = [.. NdArray.Positions(outer, b)];
        (double[] x, double[] y) = (left.Data, right.Data);
        NdArray.InChunks(lefts.Length, length, row =>
        {
            Span<double> to = result.Data.AsSpan(row * length, length);
            for (int i = 0, atA = lefts[row], atB = rights[row]; i < to.Length; i++, atA += stepA, atB += stepB)
            {
                to[i] = function(x[atA], y[atB]);
            }
        });
        return result;
    }

    public static int[] Dims(int[] left, int[] right) =>
        [.. Infer(Shape.Of(left.Select(size => (long)size)), Shape.Of(right.Select(size => (long)size))).Sizes.Select(size => (int)size)];
}
