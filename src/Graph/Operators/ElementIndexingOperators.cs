namespace Toolchain.Graph.Operators;

/// <summary>Operators that read or write single elements by tensors of indices.</summary>
static class ElementIndexingOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("GatherElements", 13, scope => [new(scope[0].Element, scope[1].Shape)], scope => [GatherElements(scope)]),
        new("GatherND", 13, InferGatherND, scope => [GatherND(scope)]),
        new("ScatterElements", 13, scope => [scope[0]], scope => [ScatterElements(scope)]),
        new("ScatterND", 13, scope => [scope[0]], scope => [ScatterND(scope)]),
    ];

    static NdArray GatherElements(ValueScope scope)
    {
        (NdArray x, NdArray indices) = (scope[0], scope[1]);
        return new NdArray([.. Places(x, indices, x.Axis(scope.Attributes.Int("axis", 0))).Select(place => x.Data[place])], indices.Dims,
            x.Type);
    }

    static NdArray ScatterElements(ValueScope scope)
    {
        (NdArray x, NdArray indices, NdArray updates) = (scope[0], scope[1], scope[2]);
        double[] data = [.. x.Data];
        Func<double, double, double> reduce = Reduction(scope.Attributes);
        foreach ((int place, double update) in Places(x, indices, x.Axis(scope.Attributes.Int("axis", 0))).Zip(updates.Data))
        {
            data[place] = reduce(data[place], update);
        }
        return new NdArray(data, x.Dims, x.Type);
    }

    // For each index the flat position in x: its own place, with the axis replaced by the index.
    static IEnumerable<int> Places(NdArray x, NdArray indices, int axis)
    {
        int[] strides = NdArray.Strides(x.Dims);
        int[] walk = [.. strides.Select((stride, i) => i == axis ? 0 : stride)];
        return NdArray.Positions(indices.Dims, walk)
            .Zip(indices.Data, (place, index) => place + Within(index, x.Dims[axis]) * strides[axis]);
    }

    /// <summary>An index along an axis of <paramref name="size"/>, in [0..size); a negative one counts from the end.</summary>
    /// <exception cref="GraphException">It is outside of the axis.</exception>
    public static int Within(double index, int size)
    {
        int picked = (int)(index < 0 ? index + size : index);
        return picked >= 0 && picked < size ? picked : throw new GraphException($"index {index} is outside [-{size}..{size}).");
    }

    static Func<double, double, double> Reduction(Attributes attributes) => attributes.Text("reduction", "none") switch
    {
        "none" => (_, update) => update,
        "add" => (old, update) => old + update,
        "mul" => (old, update) => old * update,
        "max" => Math.Max,
        "min" => Math.Min,
        string other => throw new GraphException($"'reduction' must be none, add, mul, max or min, found {other}."),
    };

    static TensorType[] InferGatherND(TypeScope scope)
    {
        (Shape x, Shape indices, int batch) = (scope[0].Shape, scope[1].Shape, (int)scope.Attributes.Int("batch_dims", 0));
        int depth = (int)(indices[^1].Size ?? throw new GraphException($"the last axis of the indices {indices} must be fixed."));
        return depth + batch <= x.Count
            ? [new(scope[0].Element, new Shape([.. indices.SkipLast(1), .. x.Skip(batch + depth)]))]
            : throw new GraphException($"indices {indices} point into {depth + batch} axes, the input {x} has {x.Count}.");
    }

    static NdArray GatherND(ValueScope scope)
    {
        (NdArray x, NdArray indices, int batch) = (scope[0], scope[1], (int)scope.Attributes.Int("batch_dims", 0));
        int depth = indices.Dims[^1], batches = NdArray.Product(x.Dims.AsSpan(0, batch)), rows = indices.Data.Length / depth;
        int inner = NdArray.Product(x.Dims.AsSpan(batch + depth));
        var result = new NdArray([.. indices.Dims[..^1], .. x.Dims[(batch + depth)..]], x.Type);
        for (int row = 0; row < rows; row++)
        {
            int place = row / (rows / batches);
            for (int i = 0; i < depth; i++)
            {
                place = place * x.Dims[batch + i] + Within(indices.Data[row * depth + i], x.Dims[batch + i]);
            }
            x.Data.AsSpan(place * inner, inner).CopyTo(result.Data.AsSpan(row * inner));
        }
        return result;
    }

    static NdArray ScatterND(ValueScope scope)
    {
        (NdArray x, NdArray indices, NdArray updates) = (scope[0], scope[1], scope[2]);
        double[] data = [.. x.Data];
        Func<double, double, double> reduce = Reduction(scope.Attributes);
        int depth = indices.Dims[^1], inner = NdArray.Product(x.Dims.AsSpan(depth));
        for (int row = 0; row < indices.Data.Length / depth; row++)
        {
            int place = 0;
            for (int i = 0; i < depth; i++)
            {
                place = place * x.Dims[i] + Within(indices.Data[row * depth + i], x.Dims[i]);
            }
            for (int i = 0; i < inner; i++)
            {
                data[place * inner + i] = reduce(data[place * inner + i], updates.Data[row * inner + i]);
            }
        }
        return new NdArray(data, x.Dims, x.Type);
    }
}
