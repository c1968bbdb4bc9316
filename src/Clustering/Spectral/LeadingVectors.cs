using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Spectral;

/// <summary>
/// Eigenvectors of the largest eigenvalues of a graph's normalised adjacency, by subspace iteration with Chebyshev polynomials that damp
/// the other eigenvalues (Saad, "Numerical Methods for Large Eigenvalue Problems", 2011, sections 5.2 and 7.4). Finds repeated eigenvalues,
/// which graphs in several pieces have.
/// </summary>
static class LeadingVectors
{
    // Vectors beyond those asked for: the gap to the last of them decides how fast the others converge.
    const int Guard = 10;

    // Of the polynomial, and of iterations.
    const int Degree = 16, MostRounds = 60;

    // Error of the vectors; that of the eigenvalues, which are compared, is its square.
    const double Tolerance = 1e-5;

    /// <summary>The first <paramref name="count"/> vectors as columns, [N,count].</summary>
    public static double[] Find(NeighbourGraph graph, int count, int seed, int threads)
    {
        int rows = graph.Degrees.Length, width = Math.Min(rows, count + Guard);
        var random = new Random(seed);
        double[] basis = [.. Enumerable.Range(0, rows * width).Select(_ => random.NextDouble() - .5)], product = new double[basis.Length];
        // Eigenvalues lie in [-1..1]; the bound above the unwanted ones follows the Ritz values.
        double bound = 0;
        double[] values = [];
        for (int round = 0; round < MostRounds; round++)
        {
            basis = Filter(graph, basis, width, bound, threads); // [N,width]
            Orthonormalize(basis, rows, width);
            graph.Multiply(basis, product, width, threads); // [N,width]
            double[] previous = values;
            // Rayleigh and Ritz: eigenvalues of the adjacency within the subspace.
            double[] inner = Inner(basis, product, rows, width, threads); // [width,width]
            (values, double[] rotation) = SymmetricEigen.Decompose(inner, width); // [width], [width,width]
            basis = Rotate(basis, rotation, rows, width, threads);
            bound = Math.Min(values[^1], values[count - 1] - 1e-6);
            if (previous.Length > 0 && values.Take(count).Zip(previous, (now, before) => Math.Abs(now - before))
                .Max() < Tolerance * Tolerance)
            {
                break;
            }
        }
        return [.. Enumerable.Range(0, rows).SelectMany(row => basis[(row * width)..(row * width + count)])];
    }

    // T_degree of the adjacency with [-1..bound] mapped to [-1..1]: outside, the polynomial grows fast.
    static double[] Filter(NeighbourGraph graph, double[] basis, int width, double bound, int threads)
    {
        double centre = (bound - 1) / 2, half = (bound + 1) / 2;
        double[] before = basis, now = Step(basis, null, 1 / half);
        for (int degree = 2; degree <= Degree; degree++)
        {
            (before, now) = (now, Step(now, before, 2 / half));
        }
        return now;

        // factor (A - centre) x - older
        double[] Step(double[] x, double[]? older, double factor)
        {
            var result = new double[x.Length];
            graph.Multiply(x, result, width, threads);
            Chunks.ForEach(result.Length / width, threads, (_, first, end) =>
            {
                for (int i = first * width; i < end * width; i++)
                {
                    result[i] = factor * (result[i] - centre * x[i]) - (older is null ? 0 : older[i]);
                }
            });
            return result;
        }
    }

    // Of the columns.
    static void Orthonormalize(double[] basis, int rows, int width)
    {
        double[] columns = Transpose(basis, rows, width);
        GramSchmidt.Orthonormalize(columns, rows);
        Transpose(columns, width, rows).CopyTo(basis, 0);
    }

    static double[] Inner(double[] a, double[] b, int rows, int width, int threads)
    {
        double[] left = Transpose(a, rows, width), right = Transpose(b, rows, width);
        var inner = new double[width * width];
        Chunks.ForParts(width, width, threads, (i, _, _) =>
        {
            for (int j = 0; j <= i; j++)
            {
                inner[i * width + j] = inner[j * width + i] = VectorKernels.Dot(left.AsSpan(i * rows, rows), right.AsSpan(j * rows, rows));
            }
        });
        return inner;
    }

    // Row k of the rotation is vector k in the basis.
    static double[] Rotate(double[] basis, double[] rotation, int rows, int width, int threads)
    {
        var rotated = new double[basis.Length];
        Chunks.ForEach(rows, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                for (int k = 0; k < width; k++)
                {
                    rotated[row * width + k] = VectorKernels.Dot(basis.AsSpan(row * width, width), rotation.AsSpan(k * width, width));
                }
            }
        });
        return rotated;
    }

    static double[] Transpose(double[] matrix, int rows, int columns)
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
}
