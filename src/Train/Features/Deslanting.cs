using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Train.Features;

/// <summary>
/// Shears each row of an image about its centre of mass so that columns and rows of its ink are uncorrelated: pixel (r, c) is read, between
/// two pixels, at column c + s (r - centre row), where s = sum of (r - centre row)(c - centre column) ink / sum of (r - centre row)^2 ink.
/// </summary>
static class Deslanting
{
    // Keeps an image without ink as it is.
    const double Nothing = 1e-9;

    /// <summary>One grey image of H * W numbers in [0..1].</summary>
    public static double[] Apply(ReadOnlySpan<double> image, int side)
    {
        double ink = Nothing, rowSum = 0, columnSum = 0;
        for (int i = 0; i < image.Length; i++)
        {
            ink += image[i];
            rowSum += i / side * image[i];
            columnSum += i % side * image[i];
        }
        double centreRow = rowSum / ink, centreColumn = columnSum / ink, both = 0, rows = Nothing;
        for (int i = 0; i < image.Length; i++)
        {
            double row = i / side - centreRow;
            both += row * (i % side - centreColumn) * image[i];
            rows += row * row * image[i];
        }
        var upright = new double[image.Length];
        for (int i = 0; i < image.Length; i++)
        {
            double column = i % side + both / rows * (i / side - centreRow), left = Math.Floor(column), share = column - left;
            upright[i] = (1 - share) * At(image, side, i / side, left) + share * At(image, side, i / side, left + 1);
        }
        return upright;
    }

    /// <summary>The same as nodes: image float64 [N,H,W] to float64 [N,H,W].</summary>
    public static Value Build(GraphBuilder graph, Value image, int height, int width)
    {
        Value rows = Ramp("deslant.rows", height, height, 1), columns = Ramp("deslant.columns", width, 1, width),
            floor = graph.Scalar(Nothing, image);
        Value ink = graph.Add(Sum(image), floor); // [N,1,1]
        Value row = graph.Sub(rows, graph.Div(Sum(graph.Mul(image, rows)), ink)); // [N,H,1]
        Value column = graph.Sub(columns, graph.Div(Sum(graph.Mul(image, columns)), ink)); // [N,1,W]
        Value both = Sum(graph.Mul(graph.Mul(row, column), image)), spread = graph.Add(Sum(graph.Mul(graph.Mul(row, row), image)), floor);
        Value source = graph.Add(columns, graph.Mul(graph.Div(both, spread), row)); // [N,H,W]: the column that each pixel is read at
        // Reading between two pixels weighs each pixel by how far it is off, 1 - |distance| down to 0: [N,H,W to,W from].
        Value distance = graph.Sub(graph.Unsqueeze(source, 3), Ramp("deslant.from", width, 1, 1, 1, width));
        Value weight = graph.Apply("Relu", [graph.Sub(graph.Scalar(1, image), graph.Apply("Abs", [distance]))]);
        return graph.Reduce("ReduceSum", graph.Mul(weight, graph.Unsqueeze(image, 2)), [3]);

        Value Sum(Value x) => graph.Reduce("ReduceSum", x, [1, 2], keep: true);

        Value Ramp(string name, int count, params long[] shape) =>
            graph.Initializer(name, TensorData.Of(Enumerable.Range(0, count).Select(i => (double)i).ToArray(), shape));
    }

    static double At(ReadOnlySpan<double> image, int side, int row, double column) =>
        column >= 0 && column < side ? image[row * side + (int)column] : 0;
}
