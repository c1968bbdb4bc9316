namespace Toolchain.Clustering;

/// <summary>
/// Repulsion of all pairs in the plane (Linderman et al. 2019, "Methods"): the plane is cut into boxes of three nodes a side, charges go to the nodes of
/// their own box by Lagrange's polynomials, potentials come back the same way.
/// </summary>
sealed class Repulsion(int count, int threads)
{
    const int Nodes = 3;

    // Boxes along a side at the least, and the largest side of one: the kernels bend on a scale of 1.
    const int LeastBoxes = 48;
    const float LargestBox = 1;

    readonly int[] order = new int[count], boxes = new int[count];
    readonly float[][] weights = [new float[count * Nodes], new float[count * Nodes]];
    Convolution? convolution;
    readonly float[] nearKernel = new float[Nodes * Nodes];
    int[] starts = [];
    float[][] planes = [];

    /// <summary>Fills <paramref name="sums"/> with the sum over the others of (place - other) / (1 + distance^2)^2; gives that of 1 / (1 + distance^2) over all pairs.</summary>
    public double Push(float[][] places, float[][] sums)
    {
        (float lowX, float highX) = (places[0].Min(), places[0].Max());
        (float lowY, float highY) = (places[1].Min(), places[1].Max());
        Fit(Math.Max(highX - lowX, highY - lowY));
        Sort(places, [lowX, lowY]);
        Spread(places);
        convolution!.ApplySquared(planes[0], planes[1]);
        convolution.ApplyBoth(planes[2], planes[3]);
        return Collect(places, sums);
    }

    // A grid that covers the range; it is kept while it does and is not much too large, since its kernels must be transformed anew.
    void Fit(float range)
    {
        float box = LargestBox;
        while (range / box < LeastBoxes && box > 1e-12f)
        {
            box /= 2;
        }
        int needed = (int)(range / box) + 1, side = Nodes * needed;
        // Whole blocks of columns at twice the side.
        while (2 * side % Fourier.Lanes != 0 || !Fourier.Serves(2 * side))
        {
            side += Nodes;
        }
        if (convolution is null || convolution.Spacing != box / Nodes || convolution.Side < Nodes * needed || convolution.Side > 3 * side / 2)
        {
            convolution = new Convolution(side, box / Nodes, threads);
            planes = [.. Enumerable.Range(0, 4).Select(_ => new float[side * convolution.Stride])];
            starts = new int[side / Nodes * (side / Nodes) + 1];
            for (int i = 0; i < nearKernel.Length; i++)
            {
                float y = i / Nodes * convolution.Spacing, x = i % Nodes * convolution.Spacing;
                nearKernel[i] = 1 / (1 + x * x + y * y);
            }
        }
    }

    // Rows in the order of their boxes, and the weights of their three nodes along each axis.
    void Sort(float[][] places, float[] low)
    {
        int perSide = convolution!.Side / Nodes;
        float box = convolution.Spacing * Nodes;
        Chunks.ForEach(count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                float x = (places[0][row] - low[0]) / box, y = (places[1][row] - low[1]) / box;
                int column = Math.Min((int)x, perSide - 1), line = Math.Min((int)y, perSide - 1);
                boxes[row] = line * perSide + column;
                Lagrange(x - column, weights[0].AsSpan(row * Nodes, Nodes));
                Lagrange(y - line, weights[1].AsSpan(row * Nodes, Nodes));
            }
        });
        Array.Clear(starts);
        foreach (int place in boxes)
        {
            starts[place + 1]++;
        }
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }
        int[] next = [.. starts];
        for (int row = 0; row < count; row++)
        {
            order[next[boxes[row]]++] = row;
        }
    }

    // Polynomials through the nodes at 1/6, 3/6 and 5/6 of a box.
    static void Lagrange(float t, Span<float> weights)
    {
        float a = t - 1f / 6, b = t - .5f, c = t - 5f / 6;
        (weights[0], weights[1], weights[2]) = (4.5f * b * c, -9 * a * c, 4.5f * a * b);
    }

    // Charges x, y and 1. A line of boxes has node rows of its own.
    void Spread(float[][] places)
    {
        int perSide = convolution!.Side / Nodes, stride = convolution.Stride;
        Chunks.ForParts(perSide, perSide, threads, (line, _, _) =>
        {
            for (int plane = 0; plane < 3; plane++)
            {
                planes[plane].AsSpan(line * Nodes * stride, Nodes * stride).Clear();
            }
            for (int i = starts[line * perSide]; i < starts[(line + 1) * perSide]; i++)
            {
                int row = order[i], corner = line * Nodes * stride + boxes[row] % perSide * Nodes;
                float x = places[0][row], y = places[1][row];
                for (int node = 0; node < Nodes * Nodes; node++)
                {
                    int at = corner + node / Nodes * stride + node % Nodes;
                    float weight = weights[1][row * Nodes + node / Nodes] * weights[0][row * Nodes + node % Nodes];
                    planes[0][at] += weight * x;
                    planes[1][at] += weight * y;
                    planes[2][at] += weight;
                }
            }
        });
    }

    double Collect(float[][] places, float[][] sums)
    {
        int perSide = convolution!.Side / Nodes, stride = convolution.Stride;
        var totals = new double[Chunks.Count(count)];
        Chunks.ForEach(count, threads, (chunk, first, end) =>
        {
            double total = 0;
            for (int i = first; i < end; i++)
            {
                int row = order[i], box = boxes[row], corner = box / perSide * Nodes * stride + box % perSide * Nodes;
                float x = 0, y = 0, squared = 0, kernel = 0;
                for (int node = 0; node < Nodes * Nodes; node++)
                {
                    int at = corner + node / Nodes * stride + node % Nodes;
                    float weight = weights[1][row * Nodes + node / Nodes] * weights[0][row * Nodes + node % Nodes];
                    x += weight * planes[0][at];
                    y += weight * planes[1][at];
                    squared += weight * planes[2][at];
                    kernel += weight * planes[3][at];
                }
                sums[0][row] = places[0][row] * squared - x;
                sums[1][row] = places[1][row] * squared - y;
                total += kernel - OfItself(row);
            }
            totals[chunk] = total;
        });
        return totals.Sum();
    }

    // The potential that a row's own charge has at its place by way of the nodes: 1, but for the error of the polynomials.
    float OfItself(int row)
    {
        float sum = 0;
        Span<float> x = stackalloc float[Nodes], y = stackalloc float[Nodes];
        Products(weights[0].AsSpan(row * Nodes, Nodes), x);
        Products(weights[1].AsSpan(row * Nodes, Nodes), y);
        for (int i = 0; i < Nodes * Nodes; i++)
        {
            sum += y[i / Nodes] * x[i % Nodes] * nearKernel[i];
        }
        return sum;
    }

    // Sums of products of weights 0, 1 and 2 nodes apart, either way.
    static void Products(ReadOnlySpan<float> w, Span<float> sums) =>
        (sums[0], sums[1], sums[2]) = (w[0] * w[0] + w[1] * w[1] + w[2] * w[2], 2 * (w[0] * w[1] + w[1] * w[2]), 2 * w[0] * w[2]);
}
