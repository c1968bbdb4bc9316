using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Repulsion of all pairs in the plane by way of a grid (Linderman et al. 2019, "Methods"), with cubic B-splines in place of Lagrange's
/// polynomials (as in smooth particle-mesh Ewald sums: Essmann et al. 1995, section II.B): charges go to the 4 x 4 nodes around a place,
/// forces come back the same way.
/// </summary>
sealed class Repulsion(int count, int threads)
{
    // Nodes of a spline, and lines of cells in a band.
    const int Nodes = Spline.Nodes;

    // The kernel bends on a scale of 1; a small embedding has a finer grid.
    const float LargestSpacing = .33f;
    const int FewestCells = 64;

    // Up to here all pairs take less time than the grid.
    const int FewRows = 256;

    // Rows sorted by band; those of band i are at [starts[i]..starts[i+1]).
    readonly int[] order = new int[count];
    readonly Spot[] spots = new Spot[count];
    Convolution? convolution;
    int[] starts = [];
    // Charges, then potentials, at the nodes: [Side,Stride].
    float[] field = [];
    SelfPotential? own;

    // Cells along a side: a place in the last one still has two nodes above it.
    int PerSide => convolution!.Side - Nodes + 1;

    /// <summary>
    /// Fills <paramref name="sums"/> with the sum over the others of (place - other) / (1 + distance^2)^2; gives that of 1 / (1 +
    /// distance^2) over all pairs.
    /// </summary>
    public double Sum(float[][] coordinates, float[][] sums)
    {
        if (count <= FewRows)
        {
            return PairwiseRepulsion.Sum(coordinates, sums);
        }
        (float lowX, float highX) = Axis.Range(coordinates[0]);
        (float lowY, float highY) = Axis.Range(coordinates[1]);
        Fit(Math.Max(highX - lowX, highY - lowY));
        Sort(coordinates, lowX, lowY);
        Spread();
        convolution!.Apply(field);
        return Collect(sums) + convolution.Constant * count * (count - 1.0);
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
            field = new float[convolution.Side * convolution.Stride];
            starts = new int[(PerSide + Nodes - 1) / Nodes + 1];
            own = FitSelfPotential();
        }
    }

    // The cell of each row, and rows in the order of their bands.
    void Sort(float[][] coordinates, float lowX, float lowY)
    {
        int last = PerSide - 1;
        float spacing = convolution!.Spacing;
        Chunks.ForEach(count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                float x = (coordinates[0][row] - lowX) / spacing, y = (coordinates[1][row] - lowY) / spacing;
                int column = Math.Min((int)x, last), line = Math.Min((int)y, last);
                spots[row] = new Spot(line, column, x - column, y - line);
            }
        });
        Array.Clear(starts);
        foreach (Spot spot in spots)
        {
            starts[spot.Line / Nodes + 1]++;
        }
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }
        int[] next = [.. starts];
        for (int row = 0; row < count; row++)
        {
            order[next[spots[row].Line / Nodes]++] = row;
        }
    }

    // Charges of 1. A band of as many lines as a spline has nodes reaches into the next band only: every second one at a time, the first of
    // which clear the next ones too.
    void Spread()
    {
        int bands = starts.Length - 1;
        for (int phase = 0; phase < 2; phase++)
        {
            int parts = (bands + 1 - phase) / 2;
            Chunks.ForParts(parts, parts, threads, (part, _, _) => SpreadBand(2 * part + phase));
        }
    }

    void SpreadBand(int band)
    {
        int stride = convolution!.Stride;
        if (band % 2 == 0)
        {
            int first = band * Nodes * stride;
            Array.Clear(field, first, band + 2 < starts.Length - 1 ? 2 * Nodes * stride : field.Length - first);
        }
        for (int i = starts[band]; i < starts[band + 1]; i++)
        {
            Spot spot = spots[order[i]];
            Vector128<float> across = Spline.Weights(spot.X), down = Spline.Weights(spot.Y);
            ref float at = ref field[spot.Line * stride + spot.Column];
            Add(down[0] * across, ref at);
            Add(down[1] * across, ref Unsafe.Add(ref at, stride));
            Add(down[2] * across, ref Unsafe.Add(ref at, 2 * stride));
            Add(down[3] * across, ref Unsafe.Add(ref at, 3 * stride));
        }
    }

    static void Add(Vector128<float> charges, ref float at) => (Vector128.LoadUnsafe(ref at) + charges).StoreUnsafe(ref at);

    // Gradients and sum of the potentials at the rows' coordinates, less the rows' own contributions.
    double Collect(float[][] sums)
    {
        int stride = convolution!.Stride;
        // The slope of 1 / (1 + distance^2) is twice the force, and opposite.
        float scale = -.5f / convolution.Spacing;
        var totals = new double[Chunks.Count(count)];
        Chunks.ForEach(count, threads, (chunk, begin, end) =>
        {
            double total = 0;
            for (int i = begin; i < end; i++)
            {
                int row = order[i];
                Spot spot = spots[row];
                Vector128<float> down = Spline.Weights(spot.Y), downSlope = Spline.Slopes(spot.Y), across = Spline.Weights(spot.X),
                    acrossSlope = Spline.Slopes(spot.X);
                ref float at = ref field[spot.Line * stride + spot.Column];
                Vector128<float> before = Vector128.LoadUnsafe(ref at), here = Vector128.LoadUnsafe(ref at, (nuint)stride);
                Vector128<float> next = Vector128.LoadUnsafe(ref at, 2 * (nuint)stride),
                    after = Vector128.LoadUnsafe(ref at, 3 * (nuint)stride);
                Vector128<float> potential = down[0] * before + down[1] * here + (down[2] * next + down[3] * after);
                Vector128<float> slope = downSlope[0] * before + downSlope[1] * here + (downSlope[2] * next + downSlope[3] * after);
                // A row's own charge would outweigh others that are far.
                (Vector128<float> ownValue, Vector128<float> ownAcross, Vector128<float> ownDown) = own!.At(spot.X, spot.Y);
                sums[0][row] = scale * Vector128.Sum(acrossSlope * potential - ownAcross);
                sums[1][row] = scale * Vector128.Sum(across * slope - ownDown);
                total += Vector128.Sum(across * potential - ownValue);
            }
            totals[chunk] = total;
        });
        return totals.Sum();
    }

    // The potentials that a charge of 1 at the middle node causes there and at the nodes up to three away along each axis.
    SelfPotential FitSelfPotential()
    {
        int middle = convolution!.Side / 2 * convolution.Stride + convolution.Side / 2;
        field[middle] = 1;
        convolution.Apply(field);
        return new SelfPotential([.. Enumerable.Range(0, Nodes * Nodes)
            .Select(i => field[middle + i / Nodes * convolution.Stride + i % Nodes])]);
    }

    // A row's cell, and its place in it in [0..1].
    readonly record struct Spot(int Line, int Column, float X, float Y);
}
