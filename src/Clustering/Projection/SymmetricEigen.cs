using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Projection;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder tridiagonalisation, then implicit QL shifts (Golub and Van Loan, "Matrix
/// Computations", 8.3; the classical EISPACK pair tred2/tql2).
/// </summary>
static class SymmetricEigen
{
    /// <summary>Eigenvalues, falling, and their unit eigenvectors as the rows of a matrix [D,D].</summary>
    /// <param name="matrix">Symmetric [D,D], row-major; not changed.</param>
    /// <param name="width">D.</param>
    /// <exception cref="InvalidOperationException">An eigenvalue is not found in 60 shifts: the matrix is not finite.</exception>
    public static (double[] Values, double[] Vectors) Decompose(double[] matrix, int width)
    {
        // Row k of v becomes eigenvector k: rotations then work on two contiguous rows.
        double[] v = [.. matrix], diagonal = new double[width], offDiagonal = new double[width];
        Tridiagonalize(v, diagonal, offDiagonal, width);
        double[] vectors = Transpose(v, width);
        Diagonalize(vectors, diagonal, offDiagonal, width);

        int[] order = [.. Enumerable.Range(0, width).OrderByDescending(k => diagonal[k])];
        var sorted = new double[width * width];
        for (int k = 0; k < width; k++)
        {
            vectors.AsSpan(order[k] * width, width).CopyTo(sorted.AsSpan(k * width));
        }
        return ([.. order.Select(k => diagonal[k])], sorted);
    }

    // For each row from the last up: the reflection H = I - u u^T / h that clears the row left of the off-diagonal, A := H A H, with u in
    // the row itself. z ends as the product of all reflections, whose columns are the basis.
    static void Tridiagonalize(double[] z, double[] diagonal, double[] offDiagonal, int n)
    {
        for (int i = n - 1; i > 0; i--)
        {
            Span<double> row = z.AsSpan(i * n, i);
            double h = Reflect(row, i == 1, out offDiagonal[i]);
            if (h != 0)
            {
                double f = 0;
                for (int j = 0; j < i; j++)
                {
                    z[j * n + i] = row[j] / h;
                }
                Span<double> product = offDiagonal.AsSpan(0, i);
                product.Clear();
                for (int j = 0; j < i; j++)
                {
                    double sum = z[j * n + j] * row[j];
                    for (int k = 0; k < j; k++)
                    {
                        sum += z[j * n + k] * row[k];
                        product[k] += z[j * n + k] * row[j];
                    }
                    product[j] += sum;
                }
                for (int j = 0; j < i; j++)
                {
                    product[j] /= h;
                    f += product[j] * row[j];
                }
                for (int j = 0; j < i; j++)
                {
                    product[j] -= f / (2 * h) * row[j];
                }
                for (int j = 0; j < i; j++)
                {
                    VectorKernels.AddScaled(z.AsSpan(j * n, j + 1), product[..(j + 1)], -row[j]);
                    VectorKernels.AddScaled(z.AsSpan(j * n, j + 1), row[..(j + 1)], -product[j]);
                }
            }
            diagonal[i] = h;
        }
        diagonal[0] = 0;
        AccumulateReflections(z, diagonal, n);
        offDiagonal.AsSpan(1).CopyTo(offDiagonal);
        offDiagonal[n - 1] = 0;
    }

    // Turns the row into its Householder vector; returns half its squared length, 0 when there is nothing to do.
    static double Reflect(Span<double> row, bool last, out double offDiagonal)
    {
        double scale = 0, h = 0;
        foreach (double value in row)
        {
            scale += Math.Abs(value);
        }
        if (last || scale == 0)
        {
            offDiagonal = row[^1];
            return 0;
        }
        foreach (ref double value in row)
        {
            value /= scale;
            h += value * value;
        }
        double g = row[^1] >= 0 ? -Math.Sqrt(h) : Math.Sqrt(h);
        offDiagonal = scale * g;
        h -= row[^1] * g;
        row[^1] -= g;
        return h;
    }

    // The product of the reflections, from their vectors u in the rows of z and u / h in its columns.
    static void AccumulateReflections(double[] z, double[] diagonal, int n)
    {
        var projections = new double[n];
        for (int i = 0; i < n; i++)
        {
            if (diagonal[i] != 0)
            {
                Span<double> own = projections.AsSpan(0, i);
                own.Clear();
                for (int k = 0; k < i; k++)
                {
                    VectorKernels.AddScaled(own, z.AsSpan(k * n, i), z[i * n + k]);
                }
                for (int k = 0; k < i; k++)
                {
                    VectorKernels.AddScaled(z.AsSpan(k * n, i), own, -z[k * n + i]);
                }
            }
            diagonal[i] = z[i * n + i];
            z[i * n + i] = 1;
            for (int j = 0; j < i; j++)
            {
                (z[j * n + i], z[i * n + j]) = (0, 0);
            }
        }
    }

    static double[] Transpose(double[] matrix, int n)
    {
        var result = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                result[j * n + i] = matrix[i * n + j];
            }
        }
        return result;
    }

    // QL steps with implicit shifts on the tridiagonal matrix of diagonal d and off-diagonal e, until each e[l] is negligible.
    static void Diagonalize(double[] vectors, double[] d, double[] e, int n)
    {
        for (int l = 0; l < n; l++)
        {
            for (int tries = 0; ; tries++)
            {
                int m = l;
                while (m < n - 1 && Math.Abs(e[m]) > double.Epsilon + 2.2e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))
                {
                    m++;
                }
                if (m == l)
                {
                    break;
                }
                if (tries == 60)
                {
                    throw new InvalidOperationException($"Eigenvalue {l} of {n} was not found in 60 shifts; expected a finite symmetric "
                        + $"matrix.");
                }
                QlStep(vectors, d, e, l, m, n);
            }
        }
    }

    // One step on the unreduced block [l..m]; the rotations are applied to the vectors, which are rows.
    static void QlStep(double[] vectors, double[] d, double[] e, int l, int m, int n)
    {
        double g = (d[l + 1] - d[l]) / (2 * e[l]), r = double.Hypot(g, 1);
        g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
        double s = 1, c = 1, p = 0;
        for (int i = m - 1; i >= l; i--)
        {
            double f = s * e[i], b = c * e[i];
            e[i + 1] = r = double.Hypot(f, g);
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            Rotate(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), c, s);
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    static void Rotate(Span<double> low, Span<double> high, double c, double s)
    {
        for (int k = 0; k < low.Length; k++)
        {
            (low[k], high[k]) = (c * low[k] - s * high[k], s * low[k] + c * high[k]);
        }
    }
}
