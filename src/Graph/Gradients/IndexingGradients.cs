using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Operators that read or write elements by their indices. Elements that are read more than once add their gradients: by a scatter that
/// adds from opset 16 on, by a product with ones at the indices before.
/// </summary>
static class IndexingGradients
{
    /// <summary>The first opset whose scatters can add.</summary>
    public const int AddingScatter = 16;

    public static IEnumerable<GradientRule> All =>
    [
        new("Gather", Gather), new("GatherElements", GatherElements), new("GatherND", GatherND), new("ScatterElements", ScatterElements),
        new("ScatterND", ScatterND), new("Compress", Compress),
    ];

    static IReadOnlyList<Value?> Gather(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        (Value x, Value indices) = (scope[0], scope[1]);
        int axis = x.Shape.Axis(scope.Attributes.Int("axis", 0)), rank = indices.Shape.Count, total = x.Shape.Count - 1 + rank;
        // The indexed axis comes first: [indices..., rest...] is added to [size, rest...].
        long[] order = [.. Enumerable.Range(0, total).Select(i => (long)i).OrderBy(i => i >= axis && i < axis + rank ? 0 : 1)];
        long[] first = [axis, .. Enumerable.Range(0, x.Shape.Count).Where(i => i != axis).Select(i => (long)i)];
        Value rows = graph.Transpose(scope.Gradient, order), target = graph.Transpose(x, first);
        Value sum = graph.Opset >= AddingScatter
            ? graph.Apply("ScatterND", [graph.ZerosLike(target), graph.Unsqueeze(indices, rank), rows],
                new Attributes { ["reduction"] = "add" })
            : graph.ReshapeLike(graph.MatMul(Ones(graph, graph.Reshape(indices, -1), x, axis), graph.Flatten(rows, rank)), target);
        return [graph.Transpose(sum, [.. first.Select((_, i) => (long)Array.IndexOf(first, (long)i))])];
    }

    // [size, indices]: 1 where an index is that position.
    static Value Ones(GraphBuilder graph, Value indices, Value x, int axis)
    {
        Term at = new(graph, graph.Unsqueeze(graph.FromStart(indices, x, axis), 0));
        return at.Apply("Equal", new Term(graph, graph.Unsqueeze(graph.Positions(x, axis), 1))).Cast(x.Type.Element);
    }

    static IReadOnlyList<Value?> GatherElements(GradientScope scope)
    {
        GraphBuilder graph = scope.Graph;
        (Value x, Value indices, Term d) = (scope[0], scope[1], scope.Gradient);
        int axis = x.Shape.Axis(scope.Attributes.Int("axis", 0)), rank = x.Shape.Count;
        if (graph.Opset >= AddingScatter)
        {
            return [graph.Apply("ScatterElements", [graph.ZerosLike(x), indices, d],
                new Attributes { ["axis"] = axis, ["reduction"] = "add" })];
        }
        // [..., size, indices, ...] summed over the indices.
        Value positions = graph.Unsqueeze(graph.Positions(x, axis), [.. Enumerable.Range(1, rank - axis).Select(i => (long)i)]);
        Term isIt = new(graph, graph.Apply("Equal", [graph.Unsqueeze(graph.FromStart(indices, x, axis), axis), positions]));
        Value sum = graph.Reduce("ReduceSum", isIt.Cast(x.Type.Element) * d.Unsqueeze(axis), [axis + 1]);
        return [Filled(graph, sum, x)];
    }

    // Axes along which fewer elements were read than there are end in zeros.
    static Value Filled(GraphBuilder graph, Value sum, Value x)
    {
        if (sum.Shape.Zip(x.Shape).All(pair => pair.First == pair.Second && pair.First != Dim.Unknown))
        {
            return sum;
        }
        Value missing = graph.Sub(graph.ShapeOf(x), graph.ShapeOf(sum));
        return graph.Apply("Pad", [sum, graph.Apply("Concat", [graph.Constant(TensorData.Vector(new long[x.Shape.Count])), missing],
            new Attributes { ["axis"] = 0 })]);
    }

    // The axes that are indexed merge into one, along which it is Gather.
    static IReadOnlyList<Value?> GatherND(GradientScope scope) => scope.Through(graph =>
    {
        (Value x, Value indices) = (scope[0], scope[1]);
        int batch = (int)scope.Attributes.Int("batch_dims", 0), depth = batch + (int)(indices.Shape[^1].Size
            ?? throw new GraphException("its gradient needs the number of indexed axes."));
        Value? position = null;
        for (int axis = 0; axis < depth; axis++)
        {
            Value at = axis < batch
                ? graph.Unsqueeze(graph.Positions(x, axis), [.. Enumerable.Range(0, indices.Shape.Count - 1).Where(i =>
                    i != axis).Select(i => (long)i)])
                : graph.FromStart(graph.Apply("Gather", [indices, graph.Constant(TensorData.Scalar(axis - batch, ElementType.Int64))],
                    new Attributes { ["axis"] = -1 }), x, axis);
            position = position is null ? at : graph.Add(graph.Mul(position, graph.SizeOf(x, axis)), at);
        }
        Value rest = graph.Apply("Slice", [graph.ShapeOf(x), graph.Constant(TensorData.Vector(depth)),
            graph.Constant(TensorData.Vector(x.Shape.Count))]);
        Value merged = graph.Apply("Reshape", [x, graph.Apply("Concat", [graph.Constant(TensorData.Vector(-1)), rest],
            new Attributes { ["axis"] = 0 })]);
        return [graph.Apply("Gather", [merged, position])];
    });

    static IReadOnlyList<Value?> ScatterElements(GradientScope scope)
    {
        bool adds = Adds(scope);
        (GraphBuilder graph, Value indices, Value d) = (scope.Graph, scope[1], scope.Gradient);
        var axis = new Attributes { ["axis"] = scope.Attributes.Int("axis", 0) };
        return
        [
            adds ? d : graph.Apply("ScatterElements", [d, indices, graph.ZerosLike(scope[2])], axis), null,
            scope.Wants(2) ? graph.Apply("GatherElements", [d, indices], axis) : null,
        ];
    }

    static IReadOnlyList<Value?> ScatterND(GradientScope scope)
    {
        bool adds = Adds(scope);
        (GraphBuilder graph, Value indices, Value d) = (scope.Graph, scope[1], scope.Gradient);
        return
        [
            adds ? d : graph.Apply("ScatterND", [d, indices, graph.ZerosLike(scope[2])]), null,
            scope.Wants(2) ? graph.Apply("GatherND", [d, indices]) : null,
        ];
    }

    static bool Adds(GradientScope scope) => scope.Attributes.Text("reduction", "none") switch
    {
        "none" => false,
        "add" => true,
        string other => throw new GraphException($"no gradient is known for the reduction '{other}'; known are none and add."),
    };

    static IReadOnlyList<Value?> Compress(GradientScope scope) => scope.Through(graph =>
    {
        Value indices = graph.Squeeze(graph.Apply("NonZero", [scope[1]]), 0);
        return scope.Attributes.Has("axis")
            ? [graph.Apply("Gather", [scope[0], indices], new Attributes { ["axis"] = scope.Attributes.Int("axis", 0) })]
            : [graph.Apply("Gather", [graph.Reshape(scope[0], -1), indices])];
    });
}
