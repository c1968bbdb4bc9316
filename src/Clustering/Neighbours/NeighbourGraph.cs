using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// A symmetric graph of nearest neighbours with edges of weight 1 where each is a neighbour of the other and 1/2 where only one is, and its
/// normalised adjacency D^-1/2 W D^-1/2, row by row.
/// </summary>
sealed partial class NeighbourGraph
{
    /// <summary>Columns of a matrix that are multiplied fastest.</summary>
    public const int Tile = 24;

    // Edges.
    const int Ahead = 12;

    // Sparse rows: edges of row i are at [starts[i]..starts[i+1]).
    readonly int[] starts, columns;
    readonly double[] values;

    public NeighbourGraph(NeighbourTable table, int threads = 0)
    {
        int count = table.Indices.Length / table.Count; // N
        (int[] ends, int[] others) = BothWays(table, count);
        Degrees = new double[count];
        starts = new int[count + 1];
        Chunks.ForEach(count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                Span<int> own = others.AsSpan(ends[row]..ends[row + 1]);
                own.Sort();
                Degrees[row] = own.Length * .5;
                starts[row + 1] = own.Length - Twice(own);
            }
        });
        for (int row = 0; row < count; row++)
        {
            starts[row + 1] += starts[row];
        }
        (columns, values) = (new int[starts[count]], new double[starts[count]]);
        Chunks.ForEach(count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                int at = starts[row];
                for (int i = ends[row]; i < ends[row + 1]; i++)
                {
                    int other = others[i];
                    bool both = i + 1 < ends[row + 1] && others[i + 1] == other;
                    i += both ? 1 : 0;
                    (columns[at], values[at++]) = (other, (both ? 1 : .5) / Math.Sqrt(Degrees[row] * Degrees[other]));
                }
            }
        });
    }

    // The neighbours of each row and the rows whose neighbour it is; one that is both is there twice.
    static (int[] Ends, int[] Others) BothWays(NeighbourTable table, int count)
    {
        var ends = new int[count + 1];
        foreach (int other in table.Indices)
        {
            ends[other + 1]++;
        }
        for (int row = 0; row < count; row++)
        {
            ends[row + 1] = checked(ends[row + 1] + ends[row] + table.Count);
        }
        var others = new int[ends[count]];
        int[] next = ends[..count];
        for (int i = 0; i < table.Indices.Length; i++)
        {
            (int row, int other) = (i / table.Count, table.Indices[i]);
            (others[next[row]++], others[next[other]++]) = (other, row);
        }
        return (ends, others);
    }

    // How many of the sorted numbers are there twice.
    static int Twice(ReadOnlySpan<int> sorted)
    {
        int twice = 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            twice += sorted[i] == sorted[i - 1] ? 1 : 0;
        }
        return twice;
    }

    /// <summary>Sum of the weights at each node, [N].</summary>
    public double[] Degrees { get; }

    /// <summary>
    /// Normalised adjacency A times <paramref name="x"/> [N,width], combined with it and with what <paramref name="result"/> [N,width]
    /// holds: result = a A x + b x + c result. Fast where the width is <see cref="Tile"/>.
    /// </summary>
    public void Multiply(double[] x, double[] result, Combination with, int threads)
    {
        int width = x.Length / Degrees.Length;
        Chunks.ForEach(Degrees.Length, threads, (_, first, end) =>
        {
            Span<double> product = stackalloc double[width];
            for (int row = first; row < end; row++)
            {
                if (width == Tile)
                {
                    Gather(row, x, product);
                }
                else
                {
                    product.Clear();
                    for (int edge = starts[row]; edge < starts[row + 1]; edge++)
                    {
                        VectorKernels.AddScaled(product, x.AsSpan(columns[edge] * width, width), values[edge]);
                    }
                }
                Span<double> own = result.AsSpan(row * width, width), same = x.AsSpan(row * width, width);
                for (int i = 0; i < width; i++)
                {
                    own[i] = with.A * product[i] + with.B * same[i] + (with.C == 0 ? 0 : with.C * own[i]);
                }
            }
        });
    }

    // A row of the product of a matrix that is a tile wide; its sums stay in registers.
    void Gather(int row, double[] x, Span<double> product)
    {
        Vector256<double> a = default, b = default, c = default, d = default, e = default, f = default;
        for (int edge = starts[row]; edge < starts[row + 1]; edge++)
        {
            // Rows lie anywhere: the memory's delay, not its speed, would bind.
            int later = columns[Math.Min(edge + Ahead, columns.Length - 1)];
            VectorKernels.Prefetch(MemoryMarshal.AsBytes(x.AsSpan(later * Tile, Tile)));
            ref double from = ref x[columns[edge] * Tile];
            var weight = Vector256.Create(values[edge]);
            a = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from), weight, a);
            b = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, 4), weight, b);
            c = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, 8), weight, c);
            d = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, 12), weight, d);
            e = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, 16), weight, e);
            f = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, 20), weight, f);
        }
        a.CopyTo(product);
        b.CopyTo(product[4..]);
        c.CopyTo(product[8..]);
        d.CopyTo(product[12..]);
        e.CopyTo(product[16..]);
        f.CopyTo(product[20..]);
    }

    /// <summary>Factors of the product, of what was multiplied, and of what was there before.</summary>
    public readonly record struct Combination(double A, double B, double C);
}
