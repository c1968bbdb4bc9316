using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// GridSample as a sum over the elements around each point: y = Σ w(p) x[i], with weights that are products of those of both axes
/// (Jaderberg et al. 2015, equations 5 to 7; cubic: Keys 1981). Where a point was moved to the border it has no gradient.
/// </summary>
static class SamplingGradients
{
    const double Cubic = -0.75; // as PyTorch and ONNX have it

    public static IEnumerable<GradientRule> All => [new("GridSample", scope => scope.Through(graph => [Sample(scope)]))];

    /// <summary>An element along one axis for each point.</summary>
    /// <param name="Place">Its index as a floating-point number [N,P].</param>
    /// <param name="Weight">Its weight [N,P].</param>
    readonly record struct Tap(Term Place, Term Weight);

    static Value Sample(GradientScope scope)
    {
        (GraphBuilder graph, Term image) = (scope.Graph, scope[0]);
        Term width = Size(image, 3);
        Tap[] columns = Taps(scope, 0, width), rows = Taps(scope, 1, Size(image, 2));
        Tap[] taps = [.. rows.SelectMany(row => columns.Select(column =>
            new Tap(row.Place * width + column.Place, row.Weight * column.Weight)))];
        Value places = graph.Cast(Joined(graph, taps.Select(tap => tap.Place)), ElementType.Int64); // [N,T*P]
        Value channels = graph.Joined(graph.Constant(TensorData.Vector(1)), graph.SizeOf(image, 1), graph.Constant(TensorData.Vector(1)));
        Value every = graph.Apply("Expand", [graph.Unsqueeze(places, 1), channels]);
        Term read = new(graph, graph.Apply("GatherElements", [graph.Reshape(image, 0, 0, -1), every], new Attributes { ["axis"] = 2 }));
        Term weighted = read * new Term(graph, Joined(graph, taps.Select(tap => tap.Weight))).Unsqueeze(1); // [N,C,T*P]
        Value sum = graph.Reduce("ReduceSum", graph.Reshape(weighted, 0, 0, taps.Length, -1), [2]);
        return graph.ReshapeLike(sum, scope.Output());
    }

    static Value Joined(GraphBuilder graph, IEnumerable<Term> parts) =>
        graph.Apply("Concat", [.. parts.Select(part => part.Value)], new Attributes { ["axis"] = 1 });

    static Term Size(Term image, int axis) => new Term(image.Graph, image.Graph.SizeOf(image, axis)).Cast(image.Value.Type.Element);

    static Term Choose(Term condition, Term yes, Term no) => condition.Apply("Where", yes, no);

    // The taps of every point along an axis: coordinate 0 (x) or 1 (y) of the grid.
    static Tap[] Taps(GradientScope scope, int coordinate, Term size)
    {
        GraphBuilder graph = scope.Graph;
        (string mode, string padding, bool corners) = (scope.Attributes.Text("mode", "bilinear"),
            scope.Attributes.Text("padding_mode", "zeros"), scope.Attributes.Int("align_corners", 0) != 0);
        Value index = graph.Constant(TensorData.Scalar(coordinate, ElementType.Int64));
        Term at = new(graph, graph.Reshape(graph.Apply("Gather", [scope[1], index], new Attributes { ["axis"] = 3 }), 0, -1)); // [N,P]
        Term position = corners ? (at + 1) / 2 * (size - 1) : ((at + 1) * size - 1) / 2;
        if (mode is not ("bicubic" or "cubic") && padding != "zeros")
        {
            position = Clamped(padding == "reflection" ? Reflected(position, size, corners) : position, size);
        }
        if (mode == "nearest")
        {
            Term nearest = position.Apply("Round");
            return [Inside(new Tap(nearest, nearest * 0 + 1))];
        }
        Term below = position.Apply("Floor"), f = position - below;
        Tap[] taps = mode is "bilinear" or "linear" ? [new(below, 1 - f), new(below + 1, f)]
            : [new(below - 1, Far(f + 1)), new(below, Near(f)), new(below + 1, Near(1 - f)), new(below + 2, Far(2 - f))];
        return [.. taps.Select(Inside)];

        // Elements outside count as zeros, or as those at the border or at their reflections.
        Tap Inside(Tap tap) => padding switch
        {
            "border" => tap with { Place = Clamped(tap.Place, size) },
            "reflection" => tap with { Place = Clamped(Reflected(tap.Place, size, corners).Apply("Round"), size) },
            _ => new Tap(Clamped(tap.Place, size), tap.Weight * tap.Place.Is("GreaterOrEqual", 0) * tap.Place.Is("Less", size)),
        };
    }

    static Term Clamped(Term position, Term size)
    {
        Term last = size - 1, zero = position.Number(0);
        return Choose(position.Apply("LessOrEqual", zero), zero, Choose(position.Apply("GreaterOrEqual", last), last, position));
    }

    // Folded back at the centres of the outermost elements, or at their outer edges.
    static Term Reflected(Term position, Term size, bool corners)
    {
        (double low, Term span) = corners ? (0.0, (size - 1).AtLeast(1)) : (-0.5, size);
        Term shifted = position - low, folded = Choose(shifted.Apply("Less", shifted.Number(0)), -shifted, shifted);
        Term turns = (folded / span).Apply("Floor"), rest = folded - turns * span;
        Term isOdd = turns - (turns / 2).Apply("Floor") * 2;
        return Choose(isOdd.Apply("Greater", isOdd.Number(0)), span - rest, rest) + low;
    }

    static Term Near(Term x) => ((Cubic + 2) * x - (Cubic + 3)) * x * x + 1;

    static Term Far(Term x) => ((Cubic * x - 5 * Cubic) * x + 8 * Cubic) * x - 4 * Cubic;
}
