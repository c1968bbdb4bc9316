using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Spectral;

/// <summary>Work on matrices of many rows and few columns, row by row, so that each is read once and none is copied.</summary>
static class TallMatrix
{
    // Sums over the rows are made in so many parts, which are added in order, and in each over so many rows at once.
    const int Parts = 64, Block = 16;

    // A column that is left shorter than this share of itself by those before it is known too badly for a Cholesky factor.
    const double Least = 1e-12;

    /// <summary>
    /// Makes the columns orthogonal and of length 1, in place, by a Cholesky factor of their products (Golub and Van Loan, "Matrix
    /// Computations", 5.2.9, of R): for columns that are nearly so it is exact, and for others it is once the next call has come. Columns
    /// that depend on those before them become 0.
    /// </summary>
    /// <param name="matrix">[N,width].</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="threads">As everywhere.</param>
    public static void Orthonormalize(double[] matrix, int width, int threads)
    {
        double[] factor = Products(matrix, matrix, width, threads);
        if (Cholesky(factor, width))
        {
            Rotate(matrix, Inverse(factor, width), width, threads);
        }
        else
        {
            ByGramSchmidt(matrix, width);
        }
    }

    /// <summary>Products of the columns of two matrices, [width,other width].</summary>
    /// <param name="a">[N,width].</param>
    /// <param name="b">[N,other width].</param>
    /// <param name="width">Columns of the first.</param>
    /// <param name="threads">As everywhere.</param>
    public static double[] Products(double[] a, double[] b, int width, int threads)
    {
        int rows = a.Length / width, other = b.Length / rows;
        var parts = new double[Parts][];
        Chunks.ForParts(rows, Parts, threads, (part, first, end) =>
        {
            double[] sum = parts[part] = new double[width * other];
            Span<double> factors = stackalloc double[Block];
            for (int row = first; row < end; row += Block)
            {
                int count = Math.Min(Block, end - row);
                ReadOnlySpan<double> left = a.AsSpan(row * width, count * width), right = b.AsSpan(row * other, count * other);
                for (int i = 0; i < width; i++)
                {
                    for (int k = 0; k < count; k++)
                    {
                        factors[k] = left[k * width + i];
                    }
                    // Of a product with itself the lower triangle is enough.
                    int needed = ReferenceEquals(a, b) ? i + 1 : other;
                    VectorKernels.AddScaledRows(sum.AsSpan(i * other, needed), right, other, factors[..count]);
                }
            }
        });
        var all = new double[width * other];
        foreach (double[] part in parts)
        {
            VectorKernels.AddScaled(all, part, 1);
        }
        if (ReferenceEquals(a, b))
        {
            MirrorLower(all, width);
        }
        return all;
    }

    /// <summary>Makes a square matrix symmetric by its lower triangle.</summary>
    public static void MirrorLower(double[] matrix, int width)
    {
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < i; j++)
            {
                matrix[j * width + i] = matrix[i * width + j];
            }
        }
    }

    /// <summary>Takes the rows into another basis, whose vectors are the columns of <paramref name="rotation"/>.</summary>
    public static void Rotate(double[] matrix, double[] rotation, int width, int threads) =>
        Chunks.ForEach(matrix.Length / width, threads, (_, first, end) =>
        {
            Span<double> before = stackalloc double[width];
            for (int row = first; row < end; row++)
            {
                Span<double> own = matrix.AsSpan(row * width, width);
                own.CopyTo(before);
                own.Clear();
                VectorKernels.AddScaledRows(own, rotation, width, before);
            }
        });

    // The lower factor in place; false where a pivot is lost to rounding.
    static bool Cholesky(double[] matrix, int width)
    {
        for (int i = 0; i < width; i++)
        {
            Span<double> own = matrix.AsSpan(i * width, width);
            double whole = own[i];
            for (int j = 0; j < i; j++)
            {
                own[j] = (own[j] - VectorKernels.Dot(own[..j], matrix.AsSpan(j * width, j))) / matrix[j * width + j];
            }
            double left = whole - VectorKernels.Dot(own[..i], own[..i]);
            if (!(left > Least * whole))
            {
                return false;
            }
            own[i] = Math.Sqrt(left);
        }
        return true;
    }

    // Of the lower factor's transpose, row-major: an upper triangle.
    static double[] Inverse(double[] lower, int width)
    {
        var inverse = new double[width * width];
        for (int column = 0; column < width; column++)
        {
            // L y = unit vector; y is a row of the transposed inverse.
            for (int i = column; i < width; i++)
            {
                double sum = i == column ? 1 : 0;
                for (int k = column; k < i; k++)
                {
                    sum -= lower[i * width + k] * inverse[column * width + k];
                }
                inverse[column * width + i] = sum / lower[i * width + i];
            }
        }
        return inverse;
    }

    /// <summary>Rows as columns and columns as rows.</summary>
    /// <param name="matrix">[rows,columns].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static double[] Transpose(double[] matrix, int rows, int columns)
    {
        var result = new double[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[column * rows + row] = matrix[row * columns + column];
            }
        }
        return result;
    }

    static void ByGramSchmidt(double[] matrix, int width)
    {
        int rows = matrix.Length / width;
        double[] columns = Transpose(matrix, rows, width);
        GramSchmidt.Orthonormalize(columns, rows);
        Transpose(columns, width, rows).CopyTo(matrix, 0);
    }
}
