using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// A symmetric graph of nearest neighbours with edges of weight 1 where each is a neighbour of the other and 1/2 where only one is, and its
/// normalised adjacency D^-1/2 W D^-1/2, row by row.
/// </summary>
sealed class NeighbourGraph
{
    // Sparse rows: edges of row i are at [starts[i]..starts[i+1]).
    readonly int[] starts, columns;
    readonly double[] values;

    public NeighbourGraph(NeighbourTable table)
    {
        int count = table.Indices.Length / table.Count; // N
        var edges = new SortedDictionary<int, double>[count];
        for (int row = 0; row < count; row++)
        {
            edges[row] = [];
        }
        for (int row = 0; row < count; row++)
        {
            foreach (int other in table.Indices.AsSpan(row * table.Count, table.Count))
            {
                edges[row][other] = edges[row].GetValueOrDefault(other) + .5;
                edges[other][row] = edges[other].GetValueOrDefault(row) + .5;
            }
        }
        Degrees = [.. edges.Select(own => own.Values.Sum())];
        starts = new int[count + 1];
        for (int row = 0; row < count; row++)
        {
            starts[row + 1] = starts[row] + edges[row].Count;
        }
        (columns, values) = (new int[starts[count]], new double[starts[count]]);
        for (int row = 0; row < count; row++)
        {
            int at = starts[row];
            foreach ((int other, double weight) in edges[row])
            {
                (columns[at], values[at++]) = (other, weight / Math.Sqrt(Degrees[row] * Degrees[other]));
            }
        }
    }

    /// <summary>Sum of the weights at each node, [N].</summary>
    public double[] Degrees { get; }

    /// <summary>Normalised adjacency times <paramref name="x"/> [N,width], into <paramref name="product"/>.</summary>
    public void Multiply(double[] x, double[] product, int width, int threads) => Chunks.ForEach(Degrees.Length, threads, (_, first, end) =>
    {
        for (int row = first; row < end; row++)
        {
            Span<double> own = product.AsSpan(row * width, width);
            own.Clear();
            for (int edge = starts[row]; edge < starts[row + 1]; edge++)
            {
                VectorKernels.AddScaled(own, x.AsSpan(columns[edge] * width, width), values[edge]);
            }
        }
    });
}
