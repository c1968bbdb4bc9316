using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>Shapes of gradients: those of the tensors that they belong to, as constants where they are known.</summary>
static class GradientShapes
{
    /// <summary>The sizes of a tensor, int64 [rank].</summary>
    public static Value ShapeOf(this GraphBuilder graph, Value x) =>
        x.Shape.IsFixed ? graph.Constant(TensorData.Vector(x.Shape.Sizes)) : graph.Apply("Shape", [x]);

    /// <summary>The size of one axis, int64 [1].</summary>
    public static Value SizeOf(this GraphBuilder graph, Value x, int axis) => x.Shape[axis].Size is long size
        ? graph.Constant(TensorData.Vector(size))
        : graph.Apply("Gather", [graph.Apply("Shape", [x]), graph.Constant(TensorData.Vector(axis))]);

    /// <summary>0, 1, ... along an axis, int64.</summary>
    public static Value Positions(this GraphBuilder graph, Value x, int axis) => x.Shape[axis].Size is long size
        ? graph.Constant(TensorData.Vector([.. Enumerable.Range(0, checked((int)size)).Select(i => (long)i)]))
        : graph.Refine(graph.Apply("Range", [graph.Constant(TensorData.Scalar(0, ElementType.Int64)),
            graph.Squeeze(graph.SizeOf(x, axis), 0),
            graph.Constant(TensorData.Scalar(1, ElementType.Int64))]), new Shape(x.Shape[axis]));

    /// <summary>Indices of an axis, of which negative ones count from its end, as int64 from its start.</summary>
    public static Value FromStart(this GraphBuilder graph, Value indices, Value x, int axis)
    {
        Term index = new Term(graph, indices).Cast(ElementType.Int64);
        return index + index.Is("Less", 0) * new Term(graph, graph.Squeeze(graph.SizeOf(x, axis), 0));
    }

    /// <summary>One element of a vector of integers, int64 [1].</summary>
    public static Value Element(this GraphBuilder graph, Value vector, int index) => graph.ConstantOf(vector) is TensorData known
        ? graph.Constant(TensorData.Vector(known.ToInt64s()[index]))
        : graph.Cast(graph.Apply("Gather", [vector, graph.Constant(TensorData.Vector(index))]), ElementType.Int64);

    /// <summary>Vectors of integers behind one another.</summary>
    public static Value Joined(this GraphBuilder graph, params Value[] parts) => parts.All(part => graph.ConstantOf(part) is not null)
        ? graph.Constant(TensorData.Vector([.. parts.SelectMany(part => graph.ConstantOf(part)!.ToInt64s())]))
        : graph.Apply("Concat", parts, new Attributes { ["axis"] = 0 });

    /// <summary><paramref name="x"/> in the shape of <paramref name="like"/>, which has as many elements.</summary>
    public static Value ReshapeLike(this GraphBuilder graph, Value x, Value like)
    {
        if (x.Shape.Equals(like.Shape) && !x.Shape.Contains(Dim.Unknown))
        {
            return x;
        }
        if (like.Shape.Any(dim => dim.Size == 0))
        {
            return graph.ZerosLike(like); // in a Reshape, 0 would keep an axis
        }
        Value sizes = like.Shape.Count(dim => dim.Size is null) <= 1
            ? graph.Constant(TensorData.Vector([.. like.Shape.Select(dim => dim.Size ?? -1)])) : graph.ShapeOf(like);
        return graph.Refine(graph.Apply("Reshape", [x, sizes]), like.Shape);
    }

    /// <summary><paramref name="x"/> repeated to the shape of <paramref name="like"/>.</summary>
    public static Value ExpandLike(this GraphBuilder graph, Value x, Value like) =>
        graph.Refine(graph.Apply("Expand", [x, graph.ShapeOf(like)]), like.Shape);

    /// <summary>Zeros of the type and shape of <paramref name="like"/>.</summary>
    public static Value ZerosLike(this GraphBuilder graph, Value like) => graph.FillLike(like, 0);

    /// <summary>A number in the type and shape of <paramref name="like"/>.</summary>
    public static Value FillLike(this GraphBuilder graph, Value like, double number) => graph.Refine(graph.Apply("ConstantOfShape",
        [graph.ShapeOf(like)], new Attributes { ["value"] = TensorData.FromDoubles([number], [1], like.Type.Element) }), like.Shape);

    /// <summary>The sum of a gradient over the axes along which <paramref name="input"/> was broadcast, in the input's shape.</summary>
    public static Value SumTo(this GraphBuilder graph, Value gradient, Value input)
    {
        Shape from = gradient.Shape, to = input.Shape;
        int more = from.Count - to.Count;
        bool[] repeats = [.. from.Select((dim, axis) => axis < more || (to[axis - more].Size == 1 && dim.Size != 1))];
        bool isKnown = to.Select((dim, axis) => dim.Size is not null || (dim.Name is not null && dim == from[axis + more])).All(known =>
            known);
        if (!isKnown)
        {
            return graph.ReshapeLike(SumRepeated(graph, gradient, input), input);
        }
        long[] axes = [.. Enumerable.Range(0, from.Count).Where(axis => repeats[axis]).Select(axis => (long)axis)];
        return axes.Length == 0 ? gradient : graph.ReshapeLike(graph.Reduce("ReduceSum", gradient, axes, keep: more == 0), input);
    }

    // Which axes repeat is seen when the graph runs: those where the input has 1 and the gradient another size.
    static Value SumRepeated(GraphBuilder graph, Value gradient, Value input)
    {
        int more = gradient.Shape.Count - input.Shape.Count;
        Value sizes = more == 0 ? graph.ShapeOf(input) : graph.Apply("Concat",
            [graph.Constant(TensorData.Vector([.. Enumerable.Repeat(1L, more)])), graph.ShapeOf(input)], new Attributes { ["axis"] = 0 });
        Value one = graph.Constant(TensorData.Vector(1)), isSame = graph.Apply("Equal", [sizes, graph.ShapeOf(gradient)]);
        Value repeats = graph.Apply("And", [graph.Apply("Equal", [sizes, one]), graph.Apply("Not", [isSame])]);
        Value axes = graph.Squeeze(graph.Apply("NonZero", [repeats]), 0);
        return graph.Apply("ReduceSum", [gradient, axes], new Attributes { ["keepdims"] = 1, ["noop_with_empty_axes"] = 1 });
    }
}
