using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Resize is a product with a matrix [out,in] along each axis, and its gradient the product with the transposed one. The matrix is what
/// Resize itself makes of the identity, so that it has every mode of the runtime.
/// </summary>
static class ResizeGradients
{
    public static IEnumerable<GradientRule> All => [new("Resize", Resize)];

    static IReadOnlyList<Value?> Resize(GradientScope scope)
    {
        string aspect = scope.Attributes.Text("keep_aspect_ratio_policy", "stretch"),
            places = scope.Attributes.Text("coordinate_transformation_mode", "half_pixel");
        if (aspect != "stretch" || places == "tf_crop_and_resize")
        {
            throw new GraphException(
                $"no gradient is known for 'keep_aspect_ratio_policy' {aspect} and 'coordinate_transformation_mode' {places}.");
        }
        (GraphBuilder graph, Value x, Value d) = (scope.Graph, scope[0], scope.Gradient);
        int rank = x.Shape.Count;
        long[] axes = scope.Attributes.Ints("axes") ?? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Shape.Axis(axes[i]);
            d = IsKept(scope, axis, i) ? d : Along(graph, d, axis, Matrix(scope, axis, i));
        }
        return [d];
    }

    // A vector without elements stands for one that is not given.
    static bool HasScales(GradientScope scope) => scope.Optional(2) is Term scales && scales.Value.Shape[0].Size != 0;

    static bool IsKept(GradientScope scope, int axis, int number)
    {
        (Shape from, Shape to) = (scope[0].Value.Shape, scope.Output().Value.Shape);
        return HasScales(scope) ? scope.Constant(2)?.ToDoubles()[number] == 1 : from[axis] == to[axis] && from[axis] != Dim.Unknown;
    }

    // [out,in]
    static Value Matrix(GradientScope scope, int axis, int number)
    {
        (GraphBuilder graph, Value x) = (scope.Graph, scope[0]);
        Term positions = new(graph, graph.Positions(x, axis));
        Term one = positions.Unsqueeze(0, 1, 2).Apply("Equal", positions.Unsqueeze(0, 1, 3)).Cast(x.Type.Element); // [1,1,in,in]
        var attributes = new Attributes();
        foreach ((string name, object value) in scope.Attributes.Where(pair => pair.Key is not ("axes" or "keep_aspect_ratio_policy")))
        {
            attributes[name] = value;
        }
        Value resized = HasScales(scope) ? graph.Apply("Resize", [one, null, Scales(scope, number)], attributes)
            : graph.Apply("Resize", [one, null, null, graph.Joined(graph.Constant(TensorData.Vector(1, 1)),
                graph.Element(scope[3], number), graph.SizeOf(x, axis))], attributes);
        return graph.Squeeze(resized, 0, 1);
    }

    static Value Scales(GradientScope scope, int number)
    {
        GraphBuilder graph = scope.Graph;
        if (scope.Constant(2) is TensorData known)
        {
            return graph.Constant(TensorData.Of([1f, 1, (float)known.ToDoubles()[number], 1], 4));
        }
        Value ones = graph.Constant(TensorData.Of([1f, 1], 2)), one = graph.Constant(TensorData.Of([1f], 1));
        return graph.Apply("Concat", [ones, graph.Apply("Gather", [scope[2], graph.Constant(TensorData.Vector(number))]), one],
            new Attributes { ["axis"] = 0 });
    }

    // The product of one axis with a matrix.
    static Value Along(GraphBuilder graph, Value x, int axis, Value matrix)
    {
        int last = x.Shape.Count - 1;
        if (axis == last)
        {
            return graph.MatMul(x, matrix);
        }
        long[] swapped = [.. Enumerable.Range(0, last + 1).Select(i => (long)i)];
        (swapped[axis], swapped[last]) = (last, axis);
        return graph.Transpose(graph.MatMul(graph.Transpose(x, swapped), matrix), swapped);
    }
}
