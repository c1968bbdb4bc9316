namespace Toolchain.Clustering;

/// <summary>
/// Repulsion of all pairs in the plane by way of a grid (Linderman et al. 2019, "Methods"), with cubic B-splines in place of Lagrange's polynomials
/// (as in smooth particle-mesh Ewald sums: Essmann et al. 1995, section II.B): charges go to the 4 x 4 nodes around a place, potentials come back the same way.
/// </summary>
sealed class Repulsion(int count, int threads)
{
    // Nodes of a spline along an axis, and of the lines of cells that one thread spreads: its neighbours' nodes are then two threads away.
    const int Nodes = 4;

    // The kernels bend on a scale of 1; a small picture has a finer grid.
    const float LargestSpacing = .45f;
    const int FewestCells = 100;

    readonly int[] order = new int[count], cells = new int[count];
    readonly float[][] weights = [new float[count * Nodes], new float[count * Nodes]];
    Convolution? convolution;
    int[] starts = [];
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
        Spread(places);
        convolution!.ApplySquared(planes[0], planes[1]);
        convolution.ApplyBoth(planes[2], planes[3]);
        return Collect(places, sums);
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
            planes = [.. Enumerable.Range(0, 4).Select(_ => new float[convolution.Side * convolution.Stride])];
            starts = new int[PerSide * PerSide + 1];
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
                Spline(x - column, weights[0].AsSpan(row * Nodes, Nodes));
                Spline(y - line, weights[1].AsSpan(row * Nodes, Nodes));
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
        int[] next = [.. starts];
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

    // Charges x, y and 1. Bands of as many lines as a spline has nodes reach into the next band only: every second one at a time.
    void Spread(float[][] places)
    {
        foreach (float[] plane in planes)
        {
            Array.Clear(plane);
        }
        int bands = (PerSide + Nodes - 1) / Nodes;
        for (int phase = 0; phase < 2; phase++)
        {
            int parts = (bands + 1 - phase) / 2;
            Chunks.ForParts(parts, parts, threads, (part, _, _) => SpreadBand(places, 2 * part + phase));
        }
    }

    void SpreadBand(float[][] places, int band)
    {
        int perSide = PerSide, stride = convolution!.Stride, end = starts[Math.Min(perSide, (band + 1) * Nodes) * perSide];
        for (int i = starts[band * Nodes * perSide]; i < end; i++)
        {
            int row = order[i], corner = cells[row] / perSide * stride + cells[row] % perSide;
            float x = places[0][row], y = places[1][row];
            for (int line = 0; line < Nodes; line++, corner += stride)
            {
                float down = weights[1][row * Nodes + line];
                for (int node = 0; node < Nodes; node++)
                {
                    float weight = down * weights[0][row * Nodes + node];
                    planes[0][corner + node] += weight * x;
                    planes[1][corner + node] += weight * y;
                    planes[2][corner + node] += weight;
                }
            }
        }
    }

    double Collect(float[][] places, float[][] sums)
    {
        int perSide = PerSide, stride = convolution!.Stride;
        var totals = new double[Chunks.Count(count)];
        Chunks.ForEach(count, threads, (chunk, first, end) =>
        {
            double total = 0;
            for (int i = first; i < end; i++)
            {
                int row = order[i], corner = cells[row] / perSide * stride + cells[row] % perSide;
                float x = 0, y = 0, squared = 0, kernel = 0;
                for (int line = 0; line < Nodes; line++, corner += stride)
                {
                    float down = weights[1][row * Nodes + line];
                    for (int node = 0; node < Nodes; node++)
                    {
                        float weight = down * weights[0][row * Nodes + node];
                        x += weight * planes[0][corner + node];
                        y += weight * planes[1][corner + node];
                        squared += weight * planes[2][corner + node];
                        kernel += weight * planes[3][corner + node];
                    }
                }
                sums[0][row] = places[0][row] * squared - x;
                sums[1][row] = places[1][row] * squared - y;
                // Less what a row is to itself.
                total += kernel - 1;
            }
            totals[chunk] = total;
        });
        return totals.Sum();
    }
}
