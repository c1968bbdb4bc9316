namespace Toolchain.Graph.Operators;

/// <summary>
/// GridSample of an image [N,C,H,W] at grid [N,H',W',2] of (x, y) in [-1,1]: bilinear, nearest or bicubic, with zeros, the border or
/// reflections outside.
/// </summary>
static class GridSampleOperator
{
    public static IEnumerable<Operator> All => [new("GridSample", 16, Infer, scope => [Sample(scope)])];

    static TensorType[] Infer(TypeScope scope)
    {
        (Shape image, Shape grid) = (scope[0].Shape, scope[1].Shape);
        return image.Count == 4 && grid.Count == 4
            ? [new(scope[0].Element, new Shape(image[0], image[1], grid[1], grid[2]))]
            : throw new GraphException($"expected an image [N,C,H,W] and a grid [N,H',W',2], found {image} and {grid}.");
    }

    static NdArray Sample(ValueScope scope)
    {
        (NdArray image, NdArray grid) = (scope[0], scope[1]);
        (string mode, string padding, bool corners) =
            (scope.Attributes.Text("mode", "bilinear"), scope.Attributes.Text("padding_mode", "zeros"),
            scope.Attributes.Int("align_corners", 0) != 0);
        int channels = image.Dims[1], height = image.Dims[2], width = image.Dims[3], points = grid.Dims[1] * grid.Dims[2];
        var result = new NdArray([image.Dims[0], channels, grid.Dims[1], grid.Dims[2]], image.Type);
        for (int n = 0; n < image.Dims[0]; n++)
        {
            for (int point = 0; point < points; point++)
            {
                int at = (n * points + point) * 2;
                (int Source, double Weight)[] xs = Taps(grid.Data[at], width, mode, padding, corners),
                    ys = Taps(grid.Data[at + 1], height, mode, padding, corners);
                for (int c = 0; c < channels; c++)
                {
                    int plane = (n * channels + c) * height * width;
                    result.Data[(n * channels + c) * points + point] =
                        ys.Sum(y => xs.Sum(x => x.Weight * y.Weight * image.Data[plane + y.Source * width + x.Source]));
                }
            }
        }
        return result;
    }

    // The elements along one axis and their weights; those outside are left out (zeros) or moved inside.
    static (int Source, double Weight)[] Taps(double coordinate, int size, string mode, string padding, bool corners)
    {
        double position = corners ? (coordinate + 1) / 2 * (size - 1) : ((coordinate + 1) * size - 1) / 2;
        if (mode is not ("bicubic" or "cubic"))
        {
            position = padding switch
            {
                "border" => Math.Clamp(position, 0, size - 1),
                "reflection" => Math.Clamp(Reflect(position, size, corners), 0, size - 1),
                _ => position,
            };
        }
        int below = (int)Math.Floor(position);
        double f = position - below;
        const double a = -0.75; // as PyTorch and ONNX have it
        (int At, double Weight)[] taps = mode switch
        {
            "nearest" => [((int)Math.Round(position, MidpointRounding.ToEven), 1)],
            "bilinear" or "linear" => [(below, 1 - f), (below + 1, f)],
            _ => [(below - 1, CubicKernel.Far(f + 1, a)), (below, CubicKernel.Near(f, a)), (below + 1, CubicKernel.Near(1 - f, a)),
                (below + 2, CubicKernel.Far(2 - f, a))],
        };
        return padding switch
        {
            "border" => [.. taps.Select(tap => (Math.Clamp(tap.At, 0, size - 1), tap.Weight))],
            "reflection" => [.. taps.Select(tap => ((int)Math.Clamp(Math.Round(Reflect(tap.At, size, corners)), 0, size - 1), tap.Weight))],
            _ => [.. taps.Where(tap => tap.At >= 0 && tap.At < size)],
        };
    }

    // Folded back at the centres of the outermost elements, or at their outer edges.
    static double Reflect(double position, int size, bool corners)
    {
        (double low, double span) = corners ? (0.0, size - 1.0) : (-0.5, size);
        if (span == 0)
        {
            return 0;
        }
        double folded = Math.Abs(position - low) % (2 * span);
        return low + (folded > span ? 2 * span - folded : folded);
    }
}
