namespace Toolchain.Graph.Operators;

/// <summary>Operators that rename or reorder axes without touching the elements.</summary>
static class ShapeOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("Reshape", 13, scope => [new(scope[0].Element, InferReshape(scope))], Reshape),
        new("Flatten", 13, scope => [new(scope[0].Element, InferFlatten(scope))], Flatten),
        new("Transpose", 13, InferTranspose, scope => [Transpose(scope[0], Permutation(scope.Attributes, scope[0].Rank))]),
        new("Squeeze", 13, InferSqueeze, scope => [scope[0].Reshape(Sizes(Squeeze(scope[0].Shape, scope.Axes(1))))]),
        new("Unsqueeze", 13, scope => [new(scope[0].Element, Unsqueeze(scope[0].Shape, scope.Axes(1)))],
            scope => [scope[0].Reshape(Sizes(Unsqueeze(scope[0].Shape, scope.Axes(1))))]),
        new("Shape", 13, scope => [new(ElementType.Int64, new Shape(Span(scope.Attributes, scope[0].Shape.Count).Length))],
            scope => [SizesOf(scope)]),
    ];

    // The axes of the range start..end, which opset 15 added; both ends are clamped.
    static int[] Span(Attributes attributes, int rank)
    {
        int start = End("start", 0), end = End("end", rank);
        return [.. Enumerable.Range(start, Math.Max(0, end - start))];

        int End(string name, long absent) => (int)Math.Clamp(attributes.Int(name, absent) is long at && at < 0 ? at + rank : at, 0, rank);
    }

    static NdArray SizesOf(ValueScope scope)
    {
        int[] axes = Span(scope.Attributes, scope[0].Rank);
        return new NdArray([.. axes.Select(axis => (double)scope[0].Dims[axis])], [axes.Length], ElementType.Int64);
    }

    public static NdArray Transpose(NdArray x, int[] permutation)
    {
        int[] strides = NdArray.Strides(x.Dims);
        return x.Gather([.. permutation.Select(axis => x.Dims[axis])], [.. permutation.Select(axis => strides[axis])]);
    }

    static Shape InferReshape(TypeScope scope)
    {
        Shape from = scope[0].Shape;
        if (scope.Constant(1) is not TensorData target)
        {
            // The sizes are computed in the graph: only their number is known.
            long rank = scope[1].Shape[0].Size ?? throw new GraphException("the rank of the new shape is not known.");
            return new Shape(Enumerable.Repeat(Dim.Unknown, (int)rank));
        }
        if (scope.Attributes.Int("allowzero", 0) != 0 && target.ToInt64s().Contains(0))
        {
            throw new GraphException("'allowzero' is not supported; expected a 0 to keep its axis.");
        }
        Dim[] dims = [.. target.ToInt64s().Select((size, axis) => size switch { 0 => from[axis], -1 => Dim.Unknown, _ => (Dim)size })];
        int free = Array.IndexOf(target.ToInt64s(), -1L);
        if (free >= 0)
        {
            dims[free] = Remainder(from, [.. dims.Where((_, axis) => axis != free)]);
        }
        else if (from.IsFixed && dims.All(dim => dim.Size is not null) && Product(from) != Product(dims))
        {
            throw new GraphException($"{from} holds {Product(from)} elements and cannot become {new Shape(dims)}.");
        }
        return new Shape(dims);
    }

    // What is left for the free axis: a number when the symbols cancel, a symbol when exactly one remains and the numbers cancel.
    static Dim Remainder(Shape from, Dim[] taken)
    {
        var symbols = from.Where(dim => dim.Size is null).ToList();
        if (taken.Where(dim => dim.Size is null).Any(dim => dim == Dim.Unknown || !symbols.Remove(dim)) || symbols.Contains(Dim.Unknown))
        {
            return Dim.Unknown;
        }
        (long have, long need) = (Product(from.Where(dim => dim.Size is not null)), Product(taken.Where(dim => dim.Size is not null)));
        if (symbols.Count == 0)
        {
            return need > 0 && have % need == 0 ? (Dim)(have / need) : throw new GraphException($"{from} cannot be split by {need}.");
        }
        return symbols.Count == 1 && have == need ? symbols[0] : Dim.Unknown;
    }

    static long Product(IEnumerable<Dim> dims) => dims.Aggregate(1L, (product, dim) => checked(product * (dim.Size ?? 1)));

    static NdArray[] Reshape(ValueScope scope)
    {
        int[] dims = [.. scope[1].ToInt64s().Select((size, axis) => size == 0 ? scope[0].Dims[axis] : checked((int)size))];
        int free = Array.IndexOf(dims, -1);
        if (free >= 0)
        {
            dims[free] = scope[0].Data.Length / NdArray.Product([.. dims.Where(size => size != -1)]);
        }
        return NdArray.Product(dims) == scope[0].Data.Length
            ? [scope[0].Reshape(dims)]
            : throw new GraphException($"[{string.Join(",", scope[0].Dims)}] cannot become [{string.Join(",", dims)}].");
    }

    static Shape InferFlatten(TypeScope scope)
    {
        Shape from = scope[0].Shape;
        int axis = scope.Attributes.Int("axis", 1) == from.Count ? from.Count : from.Axis(scope.Attributes.Int("axis", 1));
        return new Shape(Merge(from.Take(axis)), Merge(from.Skip(axis)));
    }

    static Dim Merge(IEnumerable<Dim> dims)
    {
        Dim[] symbols = [.. dims.Where(dim => dim.Size is null)];
        long product = Product(dims);
        return symbols.Length == 0 ? product : symbols.Length == 1 && product == 1 ? symbols[0] : Dim.Unknown;
    }

    static NdArray[] Flatten(ValueScope scope)
    {
        int axis = scope.Attributes.Int("axis", 1) == scope[0].Rank ? scope[0].Rank : scope[0].Axis(scope.Attributes.Int("axis", 1));
        return [scope[0].Reshape([NdArray.Product(scope[0].Dims.AsSpan(0, axis)), NdArray.Product(scope[0].Dims.AsSpan(axis))])];
    }

    static TensorType[] InferTranspose(TypeScope scope)
    {
        int[] permutation = Permutation(scope.Attributes, scope[0].Shape.Count);
        return permutation.Order().SequenceEqual(Enumerable.Range(0, scope[0].Shape.Count))
            ? [new(scope[0].Element, new Shape(permutation.Select(axis => scope[0].Shape[axis])))]
            : throw new GraphException($"'perm' [{string.Join(",", permutation)}] is no permutation of the axes of {scope[0].Shape}.");
    }

    public static int[] Permutation(Attributes attributes, int rank) =>
        attributes.Ints("perm")?.Select(axis => (int)axis).ToArray() ?? [.. Enumerable.Range(0, rank).Reverse()];

    static TensorType[] InferSqueeze(TypeScope scope) => [new(scope[0].Element, Squeeze(scope[0].Shape, scope.Axes(1)))];

    static Shape Squeeze(Shape shape, long[]? axes)
    {
        int[] removed = axes?.Select(shape.Axis).ToArray() ?? [.. Enumerable.Range(0, shape.Count).Where(axis => shape[axis].Size == 1)];
        return removed.All(axis => shape[axis].Size is 1 or null)
            ? new Shape(shape.Where((_, axis) => !removed.Contains(axis)))
            : throw new GraphException($"only axes of size 1 can be squeezed, found {shape} with axes [{string.Join(",", removed)}].");
    }

    static Shape Unsqueeze(Shape shape, long[]? axes)
    {
        if (axes is null)
        {
            throw new GraphException("'axes' must be a constant.");
        }
        int rank = shape.Count + axes.Length;
        int[] added = [.. axes.Select(axis => (int)(axis < 0 ? axis + rank : axis))];
        var rest = new Queue<Dim>(shape);
        return new Shape([.. Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? 1 : rest.Dequeue())]);
    }

    static int[] Sizes(Shape shape) => [.. shape.Sizes.Select(size => (int)size)];
}
