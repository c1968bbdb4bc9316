using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>
/// Repulsion of all pairs in the plane by way of a grid (Linderman et al. 2019, "Methods"), with cubic B-splines in place of Lagrange's polynomials
/// (as in smooth particle-mesh Ewald sums: Essmann et al. 1995, section II.B): charges go to the 4 x 4 nodes around a place, forces come back the same way.
/// </summary>
sealed class Repulsion(int count, int threads)
{
    // Nodes of a spline along an axis, and of the lines of cells that one thread spreads: it then reaches into the next band only.
    const int Nodes = 4;

    // The kernels bend on a scale of 1; a small picture has a finer grid.
    const float LargestSpacing = .40f;
    const int FewestCells = 64;

    readonly int[] order = new int[count], cells = new int[count];
    readonly float[] across = new float[count * Nodes], down = new float[count * Nodes];
    Convolution? convolution;
    int[] starts = [], next = [];
    float[] ofUnit = [];
    float[][] planes = [];

    // Cells along a side: a place in the last one still has two nodes above it.
    int PerSide => convolution!.Side - Nodes + 1;

    /// <summary>Fills <paramref name="sums"/> with the sum over the others of (place - other) / (1 + distance^2)^2; gives that of 1 / (1 + distance^2) over all pairs.</summary>
    public double Push(float[][] places, float[][] sums)
    {
        (float lowX, float highX) = (places[0].Min(), places[0].Max());
        (float lowY, float highY) = (places[1].Min(), places[1].Max());
        Fit(Math.Max(highX - lowX, highY - lowY));
        Sort(places, [lowX, lowY]);
        Spread();
        return convolution!.Repel(planes[0], planes[1]) - Collect(sums);
    }

    // A grid that covers the range; it is kept while it does and is not much too large, since its kernels must be transformed anew.
    void Fit(float range)
    {
        float spacing = LargestSpacing;
        while (range / spacing < FewestCells && spacing > 1e-12f)
        {
            spacing /= 2;
        }
        int needed = (int)(range / spacing) + Nodes;
        if (convolution is null || convolution.Spacing != spacing || convolution.Side < needed || convolution.Side > 3 * needed / 2)
        {
            convolution = new Convolution(Convolution.Fitting(needed), spacing, threads);
            planes = [.. Enumerable.Range(0, 2).Select(_ => new float[convolution.Side * convolution.Stride])];
            starts = new int[PerSide * PerSide + 1];
            next = new int[starts.Length];
            ofUnit = OfUnit();
        }
    }

    // Rows in the order of their cells, and the weights of their nodes along each axis.
    void Sort(float[][] places, float[] low)
    {
        int perSide = PerSide;
        float spacing = convolution!.Spacing;
        Chunks.ForEach(count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                float x = (places[0][row] - low[0]) / spacing, y = (places[1][row] - low[1]) / spacing;
                int column = Math.Min((int)x, perSide - 1), line = Math.Min((int)y, perSide - 1);
                cells[row] = line * perSide + column;
                Spline(x - column, across.AsSpan(row * Nodes));
                Spline(y - line, down.AsSpan(row * Nodes));
            }
        });
        Array.Clear(starts);
        foreach (int cell in cells)
        {
            starts[cell + 1]++;
        }
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }
        starts.CopyTo(next, 0);
        for (int row = 0; row < count; row++)
        {
            order[next[cells[row]]++] = row;
        }
    }

    // The cubic B-splines of the nodes before, at, after and two after a place at t of its cell; node 0 of the grid is before its first cell.
    static void Spline(float t, Span<float> weights)
    {
        float u = 1 - t;
        weights[0] = u * u * u / 6;
        weights[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
        weights[2] = (3 * u * u * u - 6 * u * u + 4) / 6;
        weights[3] = t * t * t / 6;
    }

    // Charges of 1. Bands of as many lines as a spline has nodes reach into the next band only: every second one at a time.
    void Spread()
    {
        foreach (float[] plane in planes)
        {
            Array.Clear(plane);
        }
        int bands = (PerSide + Nodes - 1) / Nodes;
        for (int phase = 0; phase < 2; phase++)
        {
            int parts = (bands + 1 - phase) / 2;
            Chunks.ForParts(parts, parts, threads, (part, _, _) => SpreadBand(2 * part + phase));
        }
    }

    void SpreadBand(int band)
    {
        int perSide = PerSide, stride = convolution!.Stride, end = starts[Math.Min(perSide, (band + 1) * Nodes) * perSide];
        float[] charges = planes[0];
        for (int i = starts[band * Nodes * perSide]; i < end; i++)
        {
            int row = order[i], at = cells[row] / perSide * stride + cells[row] % perSide;
            Vector128<float> weights = Vector128.LoadUnsafe(ref across[row * Nodes]);
            for (int line = 0; line < Nodes; line++, at += stride)
            {
                Vector128.FusedMultiplyAdd(Vector128.Create(down[row * Nodes + line]), weights, Vector128.LoadUnsafe(ref charges[at])).StoreUnsafe(ref charges[at]);
            }
        }
    }

    // Sums of the rows at their places; gives what the rows add themselves to the total. To the sums they add nothing: a node's is 0, those of two are opposite.
    double Collect(float[][] sums)
    {
        int perSide = PerSide, stride = convolution!.Stride;
        var totals = new double[Chunks.Count(count)];
        Chunks.ForEach(count, threads, (chunk, begin, end) =>
        {
            double total = 0;
            for (int i = begin; i < end; i++)
            {
                int row = order[i], at = cells[row] / perSide * stride + cells[row] % perSide;
                Vector128<float> x = default, y = default;
                for (int line = 0; line < Nodes; line++, at += stride)
                {
                    var share = Vector128.Create(down[row * Nodes + line]);
                    x = Vector128.FusedMultiplyAdd(share, Vector128.LoadUnsafe(ref planes[0][at]), x);
                    y = Vector128.FusedMultiplyAdd(share, Vector128.LoadUnsafe(ref planes[1][at]), y);
                }
                Vector128<float> weights = Vector128.LoadUnsafe(ref across[row * Nodes]);
                (sums[0][row], sums[1][row]) = (Vector128.Dot(weights, x), Vector128.Dot(weights, y));
                total += OfItself(row);
            }
            totals[chunk] = total;
        });
        return totals.Sum();
    }

    // The potential that a row's own charge has at its place by way of the nodes: 1, but for an error that would outweigh others that are far.
    float OfItself(int row)
    {
        Vector128<float> x = Products(across.AsSpan(row * Nodes)), y = Products(down.AsSpan(row * Nodes));
        float sum = 0;
        for (int line = 0; line < Nodes; line++)
        {
            sum += y[line] * Vector128.Dot(x, Vector128.LoadUnsafe(ref ofUnit[line * Nodes]));
        }
        return sum;
    }

    // Sums of products of weights 0, 1, 2 and 3 nodes apart, either way.
    static Vector128<float> Products(ReadOnlySpan<float> w) => Vector128.Create(
        w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3],
        2 * (w[0] * w[1] + w[1] * w[2] + w[2] * w[3]),
        2 * (w[0] * w[2] + w[1] * w[3]),
        2 * w[0] * w[3]);

    // The potentials of the kernel of a charge of 1 at a node, there and up to three nodes away along each axis.
    float[] OfUnit()
    {
        int middle = convolution!.Side / 2 * convolution.Stride + convolution.Side / 2;
        planes[0][middle] = 1;
        convolution.Potentials(planes[0], planes[1]);
        return [.. Enumerable.Range(0, Nodes * Nodes).Select(i => planes[0][middle + i / Nodes * convolution.Stride + i % Nodes])];
    }
}
