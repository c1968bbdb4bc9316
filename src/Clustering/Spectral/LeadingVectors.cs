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
        int rows = graph.Degrees.Length, width = Math.Min(rows, count + Math.Max(Guard, count / 3));
        int[] order = graph.Pieces();
        graph = graph.Ordered(order);
        var random = new Random(seed);
        // [N,width], and some of its columns at a time.
        double[] basis = new double[(long)rows * width], some = new double[rows * NeighbourGraph.Tile], other = new double[some.Length];
        foreach (ref double value in basis.AsSpan())
        {
            value = random.NextDouble() - .5;
        }
        // Eigenvalues lie in [-1..1]; the bound above the unwanted ones follows the Ritz values.
        double bound = 0;
        double[] values = [];
        for (int round = 0; round < MostRounds; round++)
        {
            foreach (ColumnBlock block in ColumnBlock.Of(basis, width, NeighbourGraph.Tile))
            {
                block.Read(some, NeighbourGraph.Tile);
                block.Write(Filter(graph, some, other, bound, threads), NeighbourGraph.Tile);
            }
            TallMatrix.Orthonormalize(basis, width, threads);
            double[] previous = values;
            // Rayleigh and Ritz: eigenvalues of the adjacency within the subspace.
            var inner = new double[width * width];
            foreach (ColumnBlock block in ColumnBlock.Of(basis, width, NeighbourGraph.Tile))
            {
                block.Read(some, NeighbourGraph.Tile);
                graph.Multiply(some, other, new(1, 0, 0), threads);
                block.Write(TallMatrix.Products(basis, other, width, threads), NeighbourGraph.Tile, inner);
            }
            TallMatrix.MirrorLower(inner, width);
            (values, double[] rotation) = SymmetricEigen.Decompose(inner, width); // [width], [width,width]
            TallMatrix.Rotate(basis, TallMatrix.Transpose(rotation, width, width), width, threads);
            bound = Math.Min(values[^1], values[count - 1] - 1e-6);
            if (previous.Length > 0 && values.Take(count).Zip(previous, (now, before) => Math.Abs(now - before))
                .Max() < Tolerance * Tolerance)
            {
                break;
            }
        }
        return FirstColumns(basis, order, count);
    }

    // T_degree of the adjacency with [-1..bound] mapped to [-1..1]: outside, the polynomial grows fast. Returns one of the two arrays.
    static double[] Filter(NeighbourGraph graph, double[] columns, double[] spare, double bound, int threads)
    {
        double centre = (bound - 1) / 2, half = (bound + 1) / 2;
        (double[] before, double[] now) = (columns, spare);
        graph.Multiply(before, now, new(1 / half, -centre / half, 0), threads);
        for (int degree = 2; degree <= Degree; degree++)
        {
            graph.Multiply(now, before, new(2 / half, -2 * centre / half, -1), threads);
            (before, now) = (now, before);
        }
        return now;
    }

    static double[] FirstColumns(double[] matrix, int[] order, int count)
    {
        int width = matrix.Length / order.Length;
        var first = new double[order.Length * count];
        for (int place = 0; place < order.Length; place++)
        {
            matrix.AsSpan(place * width, count).CopyTo(first.AsSpan(order[place] * count));
        }
        return first;
    }
}
