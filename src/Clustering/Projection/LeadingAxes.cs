using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Projection;

/// <summary>
/// The first principal axes of wide rows without their covariance, by randomised subspace iteration: Q := orth(X^T X Q), a few times from a
/// random Q, then the eigenvectors of the small Q^T X^T X Q (Halko, Martinsson and Tropp 2011, "Finding structure with randomness",
/// algorithms 4.4 and 5.3). Costs 2 N D (P + 10) multiplications a round instead of N D^2 + D^3.
/// </summary>
static class LeadingAxes
{
    // Vectors beyond those asked for, and rounds: with them the variances of MNIST's first 100 components are right to five digits.
    const int Guard = 10, Rounds = 8, Parts = 4;

    /// <summary>The axes as rows [P,D], of length 1, and the variance along each, falling.</summary>
    /// <param name="rows">N rows of width D.</param>
    /// <param name="mean">Their mean, [D].</param>
    /// <param name="count">P.</param>
    /// <param name="by">Number of threads, on which the result does not depend, and the ranks.</param>
    public static (double[] Variances, double[] Axes) Find(Rows rows, double[] mean, int count, (int Threads, IRanks Ranks) by)
    {
        int width = rows.Width, size = (int)Math.Min(Math.Min(by.Ranks.RowCount, width), count + Guard);
        var random = new Random(1);
        double[] basis = [.. Enumerable.Range(0, size * width).Select(_ => random.NextDouble() - .5)]; // [size,D]
        for (int round = 1; round < Rounds; round++)
        {
            GramSchmidt.Orthonormalize(basis, width);
            basis = Multiply(rows, mean, basis, size, by);
        }
        GramSchmidt.Orthonormalize(basis, width);
        double[] image = Multiply(rows, mean, basis, size, by);
        var inner = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                inner[i * size + j] = inner[j * size + i] = VectorKernels.Dot(basis.AsSpan(i * width, width), image.AsSpan(j * width,
                    width));
            }
        }
        (double[] values, double[] rotation) = SymmetricEigen.Decompose(inner, size);
        var axes = new double[count * width];
        for (int axis = 0; axis < count; axis++)
        {
            for (int k = 0; k < size; k++)
            {
                VectorKernels.AddScaled(axes.AsSpan(axis * width, width), basis.AsSpan(k * width, width), rotation[axis * size + k]);
            }
        }
        return ([.. values.Take(count).Select(value => value / Math.Max(1, by.Ranks.RowCount - 1))], axes);
    }

    // X^T X applied to each row of the basis, X centred; sums of parts in their order.
    static double[] Multiply(Rows rows, double[] mean, double[] basis, int size, (int Threads, IRanks Ranks) by)
    {
        int width = rows.Width;
        return by.Ranks.SumParts("products with axes", rows.Count, size * width, (begin, end, total) =>
        {
            var sums = new double[Parts][];
            Chunks.ForParts(end - begin, Parts, by.Threads, (part, first, last) =>
            {
                var sum = new double[size * width];
                var centred = new double[width];
                for (int row = begin + first; row < begin + last; row++)
                {
                    ReadOnlySpan<float> values = rows[row];
                    for (int i = 0; i < width; i++)
                    {
                        centred[i] = values[i] - mean[i];
                    }
                    for (int k = 0; k < size; k++)
                    {
                        VectorKernels.AddScaled(sum.AsSpan(k * width, width), centred,
                            VectorKernels.Dot(centred, basis.AsSpan(k * width, width)));
                    }
                }
                sums[part] = sum;
            });
            foreach (double[] sum in sums)
            {
                VectorKernels.AddScaled(total, sum, 1);
            }
        });
    }
}
