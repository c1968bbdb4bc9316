using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>Operators that lay elements out anew: their gradient goes back where each element came from.</summary>
static class ShapeGradients
{
    public static IEnumerable<GradientRule> All =>
    [
        Back("Reshape"), Back("Flatten"), Back("Squeeze"), Back("Unsqueeze"),
        new("Transpose", scope => [scope.Graph.Transpose(scope.Gradient, Inverse(scope))]),
        new("Expand", scope => [scope.Graph.SumTo(scope.Gradient, scope[0])]),
        new("Concat", Concat), new("Tile", Tile), new("Pad", Pad), new("Slice", Slice),
    ];

    static GradientRule Back(string op) => new(op, scope => [scope.Graph.ReshapeLike(scope.Gradient, scope[0])]);

    static long[] Inverse(GradientScope scope)
    {
        int rank = scope[0].Value.Shape.Count;
        long[] permutation = scope.Attributes.Ints("perm") ?? [.. Enumerable.Range(0, rank).Select(axis => (long)(rank - 1 - axis))];
        return [.. Enumerable.Range(0, rank).Select(axis => (long)Array.IndexOf(permutation, axis))];
    }

    static IReadOnlyList<Value?> Concat(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        int axis = scope.Output().Value.Shape.Axis(scope.Attributes.Int("axis", 0));
        Value start = graph.Constant(TensorData.Vector(0));
        var parts = new List<Value?>();
        for (int i = 0; i < scope.InputCount; i++)
        {
            Value size = graph.SizeOf(scope[i], axis), end = Sum(graph, start, size);
            parts.Add(scope.Wants(i) ? graph.Apply("Slice", [scope.Gradient, start, end, graph.Constant(TensorData.Vector(axis))]) : null);
            start = end;
        }
        return parts;
    }

    static Value Sum(GraphBuilder graph, Value a, Value b) => graph.ConstantOf(a) is TensorData x && graph.ConstantOf(b) is TensorData y
        ? graph.Constant(TensorData.Vector(x.ToInt64s()[0] + y.ToInt64s()[0])) : graph.Add(a, b);

    // An axis that repeats is expanded beside itself and merged with it.
    static IReadOnlyList<Value?> Tile(GradientScope scope) => scope.Through(graph =>
    {
        Value x = scope[0];
        int rank = x.Shape.Count;
        Value[] sizes = [.. Enumerable.Range(0, rank).Select(axis => graph.SizeOf(x, axis))];
        Value one = graph.Constant(TensorData.Vector(1));
        Value apart = graph.Joined([.. sizes.SelectMany(size => new[] { one, size })]);
        Value repeated = graph.Joined([.. sizes.SelectMany((size, axis) => new[] { graph.Element(scope[1], axis), size })]);
        Value expanded = graph.Apply("Expand", [graph.Apply("Reshape", [x, apart]), repeated]);
        return [graph.Apply("Reshape", [expanded, graph.ShapeOf(scope.Output())])];
    });

    // Constants fall away by cutting as much as was added; other modes read elements again, which is Gather.
    static IReadOnlyList<Value?> Pad(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        string mode = scope.Attributes.Text("mode", "constant");
        if (mode == "constant")
        {
            Value amounts = scope.Constant(1) is TensorData known
                ? graph.Constant(TensorData.Vector([.. known.ToInt64s().Select(size => -size)]))
                : -scope[1];
            Value inner = graph.Apply("Pad", scope.Optional(3) is Term axes ? [scope.Gradient, amounts, null, axes.Value]
                : [scope.Gradient, amounts]);
            return [inner, null, scope.Wants(2) ? graph.ReshapeLike(graph.Sub(Total(graph, scope.Gradient), Total(graph, inner)), scope[2])
                : null];
        }
        return scope.Through(_ =>
        {
            Value x = scope[0];
            long[] axes = scope.Constant(3)?.ToInt64s() ?? [.. Enumerable.Range(0, x.Shape.Count).Select(axis => (long)axis)];
            for (int i = 0; i < axes.Length; i++)
            {
                Value amounts = graph.Joined([graph.Element(scope[1], i), graph.Element(scope[1], i + axes.Length)]);
                int axis = x.Shape.Axis(axes[i]);
                x = graph.ConstantOf(amounts)?.ToInt64s() is [0, 0] ? x : graph.Apply("Gather",
                    [x, graph.Apply("Pad", [graph.Positions(x, axis), amounts], new Attributes { ["mode"] = mode })],
                    new Attributes { ["axis"] = axis });
            }
            return [x];
        });
    }

    static Value Total(GraphBuilder graph, Value x) =>
        graph.Reduce("ReduceSum", x, [.. Enumerable.Range(0, x.Shape.Count).Select(axis => (long)axis)]);

    static IReadOnlyList<Value?> Slice(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        Value x = scope[0];
        long[] axes = scope.Optional(3) is null ? [.. Enumerable.Range(0, (int)scope[1].Value.Shape[0].Size!).Select(axis => (long)axis)]
            : scope.Constant(3)?.ToInt64s() ?? throw new GraphException("its gradient needs 'axes' that are constant.");
        if (Padding(scope, x, axes) is long[] pads)
        {
            return [graph.Apply("Pad", [scope.Gradient, graph.Constant(TensorData.Vector(pads))])];
        }
        // The elements taken are those at a slice of the positions.
        return scope.Through(_ =>
        {
            Value taken = x;
            for (int i = 0; i < axes.Length; i++)
            {
                int axis = x.Shape.Axis(axes[i]);
                Value positions = graph.Apply("Slice", [graph.Positions(x, axis), graph.Element(scope[1], i), graph.Element(scope[2], i),
                    graph.Constant(TensorData.Vector(0)), scope.Optional(4) is Term steps ? graph.Element(steps, i) : null]);
                taken = graph.Apply("Gather", [taken, positions], new Attributes { ["axis"] = axis });
            }
            return [taken];
        });
    }

    // What was cut off at both ends, where that is known.
    static long[]? Padding(GradientScope scope, Value x, long[] axes)
    {
        if (scope.Constant(1) is not TensorData starts || scope.Constant(2) is not TensorData ends
            || (scope.Optional(4) is not null && scope.Constant(4)?.ToInt64s().All(step => step == 1) != true)
            || axes.Any(axis => x.Shape[x.Shape.Axis(axis)].Size is null))
        {
            return null;
        }
        long[] pads = new long[2 * x.Shape.Count];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Shape.Axis(axes[i]);
            long size = x.Shape[axis].Size!.Value, start = Within(starts.ToInt64s()[i], size), end = Within(ends.ToInt64s()[i], size);
            (pads[axis], pads[axis + x.Shape.Count]) = (start, size - Math.Max(start, end));
        }
        return pads;
    }

    static long Within(long position, long size) => Math.Clamp(position < 0 ? position + size : position, 0, size);
}
