namespace Toolchain.Graph.Operators;

/// <summary>Operators that pick, join or repeat parts of tensors.</summary>
static class IndexingOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("Concat", 13, InferConcat, Concat),
        new("Slice", 13, InferSlice, Slice),
        new("Gather", 13, InferGather, Gather),
        new("Expand", 13, InferExpand, Expand),
        new("ConstantOfShape", 13, InferConstantOfShape, ConstantOfShape),
        new("Constant", 13, scope => [Type(ConstantOf(scope.Attributes))], scope => [NdArray.From(ConstantOf(scope.Attributes))]),
    ];

    /// <summary>The value of a Constant node, in whichever attribute it stands.</summary>
    /// <exception cref="GraphException">There is none, or it is no number.</exception>
    public static TensorData ConstantOf(Attributes attributes) => attributes.Select(pair => pair.Value).ToArray() switch
    {
        [TensorData tensor] => tensor,
        [long number] => TensorData.Of([number]),
        [float number] => TensorData.Of([number]),
        [long[] numbers] => TensorData.Vector(numbers),
        [float[] numbers] => TensorData.Of(numbers, numbers.Length),
        _ => throw new GraphException($"expected one attribute with a tensor or numbers, found "
            + $"{string.Join(", ", attributes.Select(pair => pair.Key))}."),
    };

    static TensorType Type(TensorData tensor) => new(tensor.Type, Shape.Of(tensor.Sizes));

    static TensorType[] InferConcat(TypeScope scope)
    {
        int axis = scope[0].Shape.Axis(scope.Attributes.Int("axis", 0));
        Shape[] shapes = [.. Enumerable.Range(0, scope.InputCount).Select(i => scope[i].Shape)];
        var dims = shapes[0].ToArray();
        foreach (Shape shape in shapes[1..])
        {
            if (shape.Count != dims.Length || shape.Where((dim, i) => i != axis && dim.Size is not null && dims[i].Size is not null
                && dim != dims[i]).Any())
            {
                throw new GraphException($"{shapes[0]} and {shape} cannot be joined along axis {axis}.");
            }
            dims[axis] = dims[axis].Size is long a && shape[axis].Size is long b ? a + b : Dim.Unknown;
        }
        return [new(scope[0].Element, new Shape(dims))];
    }

    static NdArray[] Concat(ValueScope scope)
    {
        NdArray[] parts = [.. Enumerable.Range(0, scope.InputCount).Select(i => scope[i])];
        int axis = parts[0].Axis(scope.Attributes.Int("axis", 0));
        int outer = NdArray.Product(parts[0].Dims.AsSpan(0, axis));
        int[] dims = [.. parts[0].Dims];
        dims[axis] = parts.Sum(part => part.Dims[axis]);
        var result = new NdArray(dims, parts[0].Type);
        for (int row = 0, at = 0; row < outer; row++)
        {
            foreach (NdArray part in parts)
            {
                int length = part.Data.Length / outer;
                part.Data.AsSpan(row * length, length).CopyTo(result.Data.AsSpan(at));
                at += length;
            }
        }
        return [result];
    }

    static TensorType[] InferSlice(TypeScope scope)
    {
        if (scope.Constant(1) is not TensorData starts || scope.Constant(2) is not TensorData ends)
        {
            return [new(scope[0].Element, new Shape(scope[0].Shape.Select(_ => Dim.Unknown)))];
        }
        var dims = scope[0].Shape.ToArray();
        long[] axes = scope.Constant(3)?.ToInt64s() ?? [.. Enumerable.Range(0, (int)starts.Count).Select(i => (long)i)];
        long[] steps = scope.Constant(4)?.ToInt64s() ?? [.. axes.Select(_ => 1L)];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = scope[0].Shape.Axis(axes[i]);
            dims[axis] = dims[axis].Size is long size ? Range(size, starts.ToInt64s()[i], ends.ToInt64s()[i], steps[i]).Count : Dim.Unknown;
        }
        return [new(scope[0].Element, new Shape(dims))];
    }

    static NdArray[] Slice(ValueScope scope)
    {
        NdArray x = scope[0];
        long[] starts = scope[1].ToInt64s(), ends = scope[2].ToInt64s();
        long[] axes = scope.Optional(3)?.ToInt64s() ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = scope.Optional(4)?.ToInt64s() ?? [.. axes.Select(_ => 1L)];
        int[] dims = [.. x.Dims], strides = NdArray.Strides(x.Dims);
        int offset = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Axis(axes[i]);
            (long first, long count) = Range(x.Dims[axis], starts[i], ends[i], steps[i]);
            offset += (int)first * strides[axis];
            (dims[axis], strides[axis]) = ((int)count, strides[axis] * (int)steps[i]);
        }
        return [x.Gather(dims, strides, offset)];
    }

    // The first position of start..end by step along an axis, ends clamped as ONNX says, and how many there are.
    static (long First, long Count) Range(long size, long start, long end, long step)
    {
        if (size == 0)
        {
            return (0, 0);
        }
        (long low, long high) = step > 0 ? (0L, size) : (-1L, size - 1);
        long first = Math.Clamp(start < 0 ? start + size : start, step > 0 ? low : 0, high);
        long last = Math.Clamp(end < 0 ? end + size : end, low, step > 0 ? high : size);
        return (first, Math.Max(0, (last - first + step - Math.Sign(step)) / step));
    }

    static TensorType[] InferGather(TypeScope scope)
    {
        Shape from = scope[0].Shape;
        int axis = from.Axis(scope.Attributes.Int("axis", 0));
        return [new(scope[0].Element, new Shape([.. from.Take(axis), .. scope[1].Shape, .. from.Skip(axis + 1)]))];
    }

    static NdArray[] Gather(ValueScope scope)
    {
        (NdArray x, NdArray indices) = (scope[0], scope[1]);
        int axis = x.Axis(scope.Attributes.Int("axis", 0));
        int inner = NdArray.Product(x.Dims.AsSpan(axis + 1)), outer = NdArray.Product(x.Dims.AsSpan(0, axis)), size = x.Dims[axis];
        var result = new NdArray([.. x.Dims[..axis], .. indices.Dims, .. x.Dims[(axis + 1)..]], x.Type);
        int at = 0;
        for (int row = 0; row < outer; row++)
        {
            foreach (double index in indices.Data)
            {
                int picked = ElementIndexingOperators.Within(index, size);
                x.Read((row * size + picked) * inner, result.Data.AsSpan(at, inner));
                at += inner;
            }
        }
        return [result];
    }

    static TensorType[] InferExpand(TypeScope scope) => scope.Constant(1) is TensorData target
        ? [new(scope[0].Element, Broadcasting.Infer(scope[0].Shape, Shape.Of(target.ToInt64s())))]
        : [new(scope[0].Element, new Shape(Enumerable.Repeat(Dim.Unknown,
            (int)Math.Max(scope[0].Shape.Count, scope[1].Shape[0].Size ?? 0))))];

    static NdArray[] Expand(ValueScope scope)
    {
        int[] dims = Broadcasting.Dims(scope[0].Dims, [.. scope[1].ToInt64s().Select(size => (int)size)]);
        return [scope[0].Gather(dims, NdArray.BroadcastStrides(scope[0].Dims, dims))];
    }

    static TensorType[] InferConstantOfShape(TypeScope scope)
    {
        ElementType type = scope.Attributes.Has("value") ? ((TensorData)scope.Attributes["value"]).Type : ElementType.Float32;
        return [new(type, scope.Constant(0) is TensorData sizes ? Shape.Of(sizes.ToInt64s())
            : new Shape(Enumerable.Repeat(Dim.Unknown, (int)(scope[0].Shape[0].Size ?? 0))))];
    }

    static NdArray[] ConstantOfShape(ValueScope scope)
    {
        TensorData value = scope.Attributes.Has("value") ? (TensorData)scope.Attributes["value"] : TensorData.Of([0f], 1);
        var result = new NdArray([.. scope[0].ToInt64s().Select(size => checked((int)size))], value.Type);
        Array.Fill(result.Data, value.ToDoubles()[0]);
        return [result];
    }
}
