using Toolchain.Clustering;
using Toolchain.Clustering.Projection;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Train.Features;

/// <summary>Images as rows for a clusterer, and the same way from images to rows as a graph.</summary>
sealed class PixelFeatures
{
    readonly PixelOptions options;
    readonly ImageShape shape;
    readonly Pca? pca;

    PixelFeatures(PixelOptions options, ImageShape shape, Pca? pca, Rows rows) =>
        (this.options, this.shape, this.pca, Rows) = (options, shape, pca, rows);

    /// <summary>The training images, [N,D].</summary>
    public Rows Rows { get; }

    /// <summary>Whether rows are more than the pixels themselves.</summary>
    public static bool ArePixels(PixelOptions options) => !options.Deslant && !options.UnitLength && options.Dimensions == 0
        && options.VarianceFraction == 0;

    /// <summary>Fits the principal components, where they are asked for, and applies everything.</summary>
    public static PixelFeatures Fit(ImageSet data, PixelOptions options, int threads)
    {
        Rows rows = Prepare(data, options);
        Pca? pca = options.VarianceFraction > 0 ? Pca.FitFraction(rows, options.VarianceFraction, options.Whiten, threads)
            : options.Dimensions > 0 ? Pca.Fit(rows, options.Dimensions, options.Whiten, threads)
            : null;
        return new PixelFeatures(options, data.Shape, pca, pca?.Project(rows, threads) ?? rows);
    }

    /// <summary>From image [N,C,H,W] to rows, float64 [N,D].</summary>
    public Value Build(GraphBuilder graph, Value image)
    {
        Value x = graph.Cast(image, ElementType.Float64);
        if (options.Deslant)
        {
            x = Deslanting.Build(graph, graph.Reshape(x, -1, shape.Height, shape.Width), shape.Height, shape.Width);
        }
        x = graph.Reshape(x, -1, shape.Size);
        if (options.UnitLength)
        {
            x = Unit(graph, x);
        }
        return pca is null ? x : Project(graph, x, pca);
    }

    /// <summary>Rows [N,D] at unit length, float64; rows of zeros stay.</summary>
    public static Value Unit(GraphBuilder graph, Value x) =>
        graph.Div(x, graph.Add(graph.Reduce("ReduceL2", x, [1], keep: true), graph.Scalar(NoLength, x)));

    /// <summary>
    /// Rows [K,D] as images [K,C*H*W]: principal components undone; upright and of unit length, where images were made so, they stay.
    /// </summary>
    public double[,] ToPixels(double[,] rows)
    {
        if (pca is null)
        {
            return rows;
        }
        var images = new double[rows.GetLength(0), shape.Size];
        for (int row = 0; row < images.GetLength(0); row++)
        {
            for (int i = 0; i < shape.Size; i++)
            {
                images[row, i] = pca.Mean[i];
                for (int axis = 0; axis < pca.Variances.Length; axis++)
                {
                    // An axis of whitening is divided by the standard deviation: once to undo that, once to undo the scale of the row.
                    images[row, i] += rows[row, axis] * pca.Axes[i, axis] * (options.Whiten ? pca.Variances[axis] : 1);
                }
            }
        }
        return images;
    }

    const double NoLength = 1e-9;

    static Rows Prepare(ImageSet data, PixelOptions options)
    {
        if (!options.Deslant && !options.UnitLength)
        {
            return Rows.FromBytes(data.Pixels, data.Shape.Size);
        }
        var values = new float[data.Pixels.Length];
        Parallel.For(0, data.Count, index =>
        {
            double[] image = Array.ConvertAll(data.ToFloats(index, 1), pixel => (double)pixel);
            image = options.Deslant ? Deslanting.Apply(image, data.Shape.Width) : image;
            double length = options.UnitLength ? Math.Sqrt(image.Sum(value => value * value)) + NoLength : 1;
            for (int i = 0; i < image.Length; i++)
            {
                values[index * image.Length + i] = (float)(image[i] / length);
            }
        });
        return new Rows(values, data.Shape.Size);
    }

    // (x - mean) A as x A - mean A, in float64.
    static Value Project(GraphBuilder graph, Value x, Pca pca)
    {
        int width = pca.Mean.Length, count = pca.Variances.Length;
        var shift = new double[count];
        for (int axis = 0; axis < count; axis++)
        {
            for (int i = 0; i < width; i++)
            {
                shift[axis] -= pca.Mean[i] * pca.Axes[i, axis];
            }
        }
        Value axes = graph.Initializer("pca.axes", TensorData.Of(pca.Axes.Cast<double>().ToArray(), width, count));
        return graph.Gemm(x, axes, graph.Initializer("pca.shift", TensorData.Of(shift, count)));
    }
}
