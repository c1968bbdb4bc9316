using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>The fit of pictures as nodes.</summary>
/// <param name="graph">Gets them.</param>
/// <param name="preprocess">Shape, fit and polarity.</param>
sealed class PictureFitGraph(GraphBuilder graph, Preprocess preprocess)
{
    // Above every level of a byte.
    const double NoLevel = 256;

    readonly ImageShape shape = preprocess.Shape;

    /// <summary>From pictures, uint8 [N,H,W,C], to the model's input, float32 [N,C',H',W'].</summary>
    public Value Build(Value picture, int channels)
    {
        Term bytes = new Term(graph, picture).Cast(ElementType.Float64);
        var (rows, columns) = (new PictureLines(graph, Size(picture, 1)), new PictureLines(graph, Size(picture, 2)));
        Term[] planes = new PicturePlanes(graph, bytes, channels).Of(shape.Channels);
        Term isRight = rows.Length.Is("Equal", rows.Length.Number(shape.Height))
            * columns.Length.Is("Equal", columns.Length.Number(shape.Width));
        Value right = isRight.Cast(ElementType.Bool).Value;
        Term[] fitted = [.. planes.Select(plane => Fit(plane, rows, columns, right).Unsqueeze(1))];
        Value joined = fitted.Length == 1 ? fitted[0].Value
            : graph.Apply("Concat", [.. fitted.Select(plane => plane.Value)], new Attributes { ["axis"] = 1 });
        return graph.Refine((new Term(graph, joined).Cast(ElementType.Float32) / 255).Value,
            new Shape("N", shape.Channels, shape.Height, shape.Width));
    }

    Term Size(Value picture, int axis)
    {
        Value sizes = graph.Apply("Shape", [picture]);
        return new Term(graph, graph.Apply("Gather", [sizes, graph.Constant(TensorData.Scalar(axis, ElementType.Int64))]))
            .Cast(ElementType.Float64);
    }

    // Of one plane [N,H,W], whole numbers; one of the right size stays as it is but for its polarity.
    Term Fit(Term plane, PictureLines rows, PictureLines columns, Value isRight)
    {
        Term level = RingMedian(plane, rows, columns);
        Term inverted = preprocess.Polarity == Polarity.Dark ? level * 0 + 1
            : preprocess is { IsInk: true, Polarity: Polarity.Auto } ? level.Is("Greater", level.Number(127)) : level * 0;
        Term copy = Product(Product(rows.Copy(shape.Height), plane), columns.Copy(shape.Width).Transpose());
        Term fitted = preprocess.Fit == FitMode.None ? copy
            : preprocess.IsInk ? new DigitFitGraph(shape).Fit(plane, level, inverted, rows, columns)
            : new ScaleGraph(preprocess).Fit(plane, level, rows, columns);
        Term sign = 1 - inverted * 2, base255 = inverted * 255;
        copy = base255 + sign * copy;
        fitted = preprocess.IsInk && preprocess.Fit == FitMode.Digit ? fitted : base255 + sign * fitted;
        return new(graph, graph.Apply("Where", [isRight, copy.Value, fitted.Value]));
    }

    // The lower median of the outermost ring of pixels, [N,1,1].
    Term RingMedian(Term plane, PictureLines rows, PictureLines columns)
    {
        Term ring = Edge(rows).Transpose().Apply("Max", Edge(columns)); // [1,H,W]
        Term count = ((ring.Reduce("ReduceSum", 0, 1, 2) + 1) / 2).Apply("Floor"); // of the values up to the median
        Term values = plane * ring + (1 - ring) * NoLevel;
        Value flat = graph.Reshape(values.Value, 0, -1);
        Value[] lowest = graph.Apply("TopK", [flat, graph.Reshape(count.Cast(ElementType.Int64).Value, 1)],
            new Attributes { ["largest"] = 0, ["sorted"] = 1, ["axis"] = -1 }, 2);
        return new Term(graph, lowest[0]).Reduce("ReduceMax", 1).Unsqueeze(2);

        static Term Edge(PictureLines lines) => lines.Indices.Is("Equal", lines.Indices.Number(0))
            .Apply("Max", lines.Indices.Is("Equal", lines.Length - 1));
    }

    static Term Product(Term a, Term b) => a.Apply("MatMul", b);
}
