using Toolchain.Graph.Building;
using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Pools. A maximum gives its gradient to the element it took, the first of equals, as PyTorch does: the places are the second output of
/// MaxPool. A mean gives each element of a window an equal share: the transposed convolution of d / count with ones (Dumoulin and Visin
/// 2016, section 4).
/// </summary>
static class PoolingGradients
{
    public static IEnumerable<GradientRule> All =>
    [
        new("MaxPool", Largest), new("AveragePool", Mean), new("GlobalMaxPool", GlobalLargest),
        new("GlobalAveragePool", scope =>
        {
            (Term x, Term d) = (scope[0], scope.Gradient);
            Term area = x.Apply("Size").Cast(x.Value.Type.Element) / d.Apply("Size").Cast(x.Value.Type.Element);
            return [scope.Graph.ExpandLike(Area(x) is double known ? d / known : d / area, x)];
        }),
    ];

    static double? Area(Value x) => x.Shape.Skip(2).All(dim => dim.Size is not null)
        ? x.Shape.Skip(2).Aggregate(1.0, (product, dim) => product * dim.Size!.Value) : null;

    static IReadOnlyList<Value?> Largest(GradientScope scope)
    {
        (GraphBuilder graph, Value x, Value d) = (scope.Graph, scope[0], scope.Gradient);
        Windows windows = Of(scope);
        bool hasPlaces = scope.Node.Outputs is [_, not ""];
        if (!hasPlaces && DisjointMaxima.Has(windows, x))
        {
            return [DisjointMaxima.Spread(graph, x, scope.Output(), d, windows)];
        }
        Value places = hasPlaces ? scope.Output(1) : graph.Apply("MaxPool", [x], scope.Attributes, 2)[1];
        // Windows that far apart share no element.
        long[] apart = [.. windows.Kernel.Select((size, axis) =>
            ((size - 1) * windows.Dilations[axis] + windows.Strides[axis]) / (long)windows.Strides[axis])];
        if (apart.All(steps => steps == 1))
        {
            return [graph.ReshapeLike(Placed(graph, x, places, d, new Attributes()), x)];
        }
        if (graph.Opset >= IndexingGradients.AddingScatter)
        {
            return [graph.ReshapeLike(Placed(graph, x, places, d, new Attributes { ["reduction"] = "add" }), x)];
        }
        Value[] parts = [.. Windows.Positions([.. apart.Select(steps => (int)steps)]).Select(first =>
            Placed(graph, x, Every(graph, places, first, apart), Every(graph, d, first, apart), new Attributes()))];
        return [graph.ReshapeLike(parts.Aggregate(graph.Add), x)];
    }

    // [all elements of x]
    static Value Placed(GraphBuilder graph, Value x, Value places, Value d, Attributes attributes) => graph.Apply("ScatterElements",
        [graph.Reshape(graph.ZerosLike(x), -1), graph.Reshape(places, -1), graph.Reshape(d, -1)], attributes);

    static Value Every(GraphBuilder graph, Value x, int[] first, long[] steps) => graph.Apply("Slice",
        [x, graph.Constant(TensorData.Vector([.. first.Select(start => (long)start)])),
            graph.Constant(TensorData.Vector([.. first.Select(_ => (long)int.MaxValue)])),
            graph.Constant(TensorData.Vector([.. first.Select((_, axis) => axis + 2L)])), graph.Constant(TensorData.Vector(steps))]);

    static Windows Of(GradientScope scope) =>
        Windows.From(scope.Attributes, [.. scope.Attributes.Ints("kernel_shape")!.Select(size => checked((int)size))]);

    static IReadOnlyList<Value?> GlobalLargest(GradientScope scope)
    {
        (GraphBuilder graph, Value x) = (scope.Graph, scope[0]);
        Value rows = graph.Reshape(x, 0, 0, -1); // [N,C,H*W]
        Value place = graph.ArgMax(rows, 2, keep: true), d = graph.Reshape(scope.Gradient, 0, 0, -1);
        return [graph.ReshapeLike(graph.Apply("ScatterElements", [graph.ZerosLike(rows), place, d], new Attributes { ["axis"] = 2 }), x)];
    }

    static IReadOnlyList<Value?> Mean(GradientScope scope)
    {
        (GraphBuilder graph, Value x) = (scope.Graph, scope[0]);
        Windows windows = Of(scope);
        Value share = Shared(graph, scope.Gradient, x, windows, scope.Attributes.Int("count_include_pad", 0) != 0);
        Value ones = graph.Constant(TensorData.FromDoubles([.. Enumerable.Repeat(1.0, windows.Kernel.Aggregate((a, b) => a * b))],
            [1, 1, .. windows.Kernel.Select(size => (long)size)], x.Type.Element));
        long[] ends = [.. windows.End.Select((_, axis) => End(windows, axis, x.Shape[axis + 2]))];
        var steps = new Attributes
        {
            ["strides"] = windows.Strides.Select(size => (long)size).ToArray(),
            ["dilations"] = windows.Dilations.Select(size => (long)size).ToArray(),
            ["pads"] = (long[])[.. windows.Begin.Select(size => (long)size), .. ends],
        };
        return [graph.ReshapeLike(ConvolutionGradients.Spread(graph, Planes(graph, share), ones, Planes(graph, x), steps), x)];
    }

    // A window in the room that a ceiling adds ends behind the padding.
    static long End(Windows windows, int axis, Dim size) => size.Size is not long known ? windows.End[axis]
        : Math.Max(windows.End[axis], (windows.OutputSize(axis, (int)known) - 1) * windows.Strides[axis]
            + windows.Dilations[axis] * (windows.Kernel[axis] - 1) + 1 - windows.Begin[axis] - known);

    // [N*C,1,...]
    static Value Planes(GraphBuilder graph, Value x)
    {
        Value first = graph.Constant(TensorData.Vector(-1, 1));
        Value planes = graph.Apply("Reshape",
            [x, graph.Joined([first, .. Enumerable.Range(2, x.Shape.Count - 2).Select(axis => graph.SizeOf(x, axis))])]);
        return graph.Refine(planes, new Shape([planes.Shape[0], 1, .. x.Shape.Skip(2)]));
    }

    // d by the number of elements of each window, which is a product over the axes.
    static Value Shared(GraphBuilder graph, Term d, Value x, Windows windows, bool countsPadding)
    {
        if (!windows.CeilMode && (countsPadding || windows.Begin.Concat(windows.End).All(size => size == 0)))
        {
            return d / windows.Kernel.Aggregate((a, b) => a * b);
        }
        for (int axis = 0; axis < windows.Kernel.Length; axis++)
        {
            (int dilation, int begin) = (windows.Dilations[axis], windows.Begin[axis]);
            Term start = new Term(graph, graph.Positions(d, axis + 2)) * windows.Strides[axis] - begin;
            long[] cells = [.. Enumerable.Range(0, windows.Kernel[axis]).Select(i => (long)i * dilation)];
            Term places = start.Unsqueeze(1) + new Term(graph, graph.Constant(TensorData.Vector(cells))),
                size = new(graph, graph.SizeOf(x, axis + 2)); // [places,cells]
            Term inside = countsPadding ? places.Apply("Less", size + windows.End[axis])
                : places.Apply("GreaterOrEqual", places.Number(0)).Apply("And", places.Apply("Less", size));
            Term count = new(graph, graph.Reduce("ReduceSum", inside.Cast(d.Value.Type.Element), [1]));
            long[] behind = [.. Enumerable.Range(1, windows.Kernel.Length - 1 - axis).Select(i => (long)i)];
            d /= behind.Length == 0 ? count : count.Unsqueeze(behind);
        }
        return d;
    }
}
