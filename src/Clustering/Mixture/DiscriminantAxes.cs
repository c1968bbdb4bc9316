using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// The directions in which the components of a mixture lie apart: those in which the means vary most where the average precision matrix has
/// length 1 (Bishop, section 4.1.6). A component's density along a few of them tells most rows for which it is negligible.
/// </summary>
sealed class DiscriminantAxes
{
    /// <summary>Number of axes (A).</summary>
    public const int Count = 48;

    readonly double[] centre; // [D]
    readonly double[] directions; // T [D,A]

    DiscriminantAxes(double[] centre, double[] directions) => (this.centre, this.directions) = (centre, directions);

    /// <summary>The axes of a mixture, or null where its precision matrices are too different to be averaged.</summary>
    /// <param name="components">Components of D columns each, D at least A.</param>
    public static DiscriminantAxes? Of(Component[] components)
    {
        int width = components[0].Mean.Length;
        if (PrecisionFactor.Cholesky(AveragePrecision(components), width, out _) is not double[] root)
        {
            return null;
        }
        var centre = new double[width];
        Array.ForEach(components, component => VectorKernels.AddScaled(centre, component.Mean, component.Weight));
        // Scatter of the means in coordinates y = root^T (x - centre), in which the average precision matrix is 1.
        var scatter = new double[width * width];
        foreach (Component component in components)
        {
            var mean = new double[width];
            for (int i = 0; i < width; i++)
            {
                VectorKernels.AddScaled(mean.AsSpan(0, i + 1), root.AsSpan(i * width, i + 1), component.Mean[i] - centre[i]);
            }
            for (int i = 0; i < width; i++)
            {
                VectorKernels.AddScaled(scatter.AsSpan(i * width, width), mean, component.Weight * mean[i]);
            }
        }
        (_, double[] vectors) = SymmetricEigen.Decompose(scatter, width); // rows, that of the largest scatter first
        double[] columns = new double[width * Count], directions = new double[width * Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = vectors[i % Count * width + i / Count];
        }
        for (int i = 0; i < width; i++)
        {
            VectorKernels.AddScaledRows(directions.AsSpan(i * Count, Count), columns, Count, root.AsSpan(i * width, i + 1));
        }
        return new(centre, directions);
    }

    /// <summary>Coordinates of a row along the axes.</summary>
    /// <param name="row">[D].</param>
    /// <param name="coordinates">Gets them, [A].</param>
    public void Project(ReadOnlySpan<float> row, Span<double> coordinates)
    {
        Span<double> centred = stackalloc double[centre.Length];
        for (int i = 0; i < centred.Length; i++)
        {
            centred[i] = row[i] - centre[i];
        }
        Project(centred, coordinates);
    }

    /// <summary>A component's coordinates along the axes: their mean [A] and covariance [A,A], lower triangle.</summary>
    public (double[] Mean, double[] Covariance) Marginal(Component component)
    {
        int width = centre.Length;
        var mean = new double[Count];
        Project([.. component.Mean.Zip(centre, (value, middle) => value - middle)], mean);
        // V = T^T L with L the Cholesky factor of the covariance V V^T, from V L^-1 = T^T, the last column first.
        var factors = new double[Count * width];
        Span<double> left = stackalloc double[width];
        for (int axis = 0; axis < Count; axis++)
        {
            for (int i = 0; i < width; i++)
            {
                left[i] = directions[i * Count + axis];
            }
            for (int i = width - 1; i >= 0; i--)
            {
                ReadOnlySpan<double> own = component.Precision.Row(i);
                double factor = factors[axis * width + i] = left[i] / own[i];
                VectorKernels.AddScaled(left[..i], own, -factor);
            }
        }
        var covariance = new double[Count * Count];
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                covariance[i * Count + j] = VectorKernels.Dot(factors.AsSpan(i * width, width), factors.AsSpan(j * width, width));
            }
        }
        return (mean, covariance);
    }

    void Project(ReadOnlySpan<double> centred, Span<double> coordinates)
    {
        coordinates.Clear();
        VectorKernels.AddScaledRows(coordinates, directions, Count, centred);
    }

    // Sum of weight L^-T L^-1, lower triangle.
    static double[] AveragePrecision(Component[] components)
    {
        int width = components[0].Mean.Length;
        var sum = new double[width * width];
        foreach (Component component in components)
        {
            for (int row = 0; row < width; row++)
            {
                ReadOnlySpan<double> own = component.Precision.Row(row);
                for (int i = 0; i <= row; i++)
                {
                    VectorKernels.AddScaled(sum.AsSpan(i * width, i + 1), own, component.Weight * own[i]);
                }
            }
        }
        return sum;
    }
}
