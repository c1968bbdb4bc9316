using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Convolutions of real numbers on an n x n grid with t-SNE's kernel, less a constant: potential[i,j] = sum over k, l of
/// charge[k,l] (1 / (1 + spacing^2 ((i - k)^2 + (j - l)^2)) - constant), by Fourier transforms of length 2n along each axis. Zero padding
/// is not transformed, and of the spectrum of real numbers only frequencies [0..n] of the first axis are kept: the others are their
/// conjugates. Layout: charges [n,Stride], spectrum [Stride,frequencies] as real and imaginary planes, kernel [n+1,frequencies].
/// </summary>
sealed class Convolution
{
    readonly Fourier fourier;
    readonly int frequencies, threads;
    readonly float[] kernel, spectrumReal, spectrumImaginary;
    readonly FourierColumns[] blocks;

    /// <summary>Convolutions on <paramref name="side"/>^2 nodes, <paramref name="spacing"/> apart.</summary>
    public Convolution(int side, float spacing, int threads)
    {
        (Side, Spacing, this.threads) = (side, spacing, threads);
        fourier = new Fourier(2 * side);
        Stride = WholeBlocks(side);
        frequencies = WholeBlocks(side + 1);
        Constant = 1 / (1 + 2 * Math.Pow(side * (double)spacing, 2));
        blocks = [.. Enumerable.Range(0, Chunks.Threads(threads)).Select(_ => new FourierColumns(fourier, frequencies))];
        kernel = Kernel();
        spectrumReal = new float[Stride * frequencies];
        spectrumImaginary = new float[Stride * frequencies];
    }

    /// <summary>The smallest side of at least <paramref name="least"/> nodes whose double is a length that the transforms can do.</summary>
    public static int Fitting(int least)
    {
        const int step = Fourier.Multiple / 2;
        int side = (least + step - 1) / step * step;
        // Multiples of 256 rows of a block lie on the same lines of the first cache, at twice the time.
        while (2 * side % 256 == 0 || !Fourier.CanTransform(2 * side))
        {
            side += step;
        }
        return side;
    }

    /// <summary>Nodes along a side (n).</summary>
    public int Side { get; }

    /// <summary>Distance of neighbouring nodes.</summary>
    public float Spacing { get; }

    /// <summary>Numbers from one row of nodes to the next.</summary>
    public int Stride { get; }

    /// <summary>
    /// Subtracted from the kernel: its value at the grid's diagonal. In a small 2-D embedding all kernels are near 1, and float32 sums of
    /// them would lose the differences.
    /// </summary>
    public double Constant { get; }

    /// <summary>Replaces charges [n,Stride] by their potentials, the sums over all of them of charge times kernel.</summary>
    public void Apply(float[] charges)
    {
        ForBlocks(Stride, 2, (block, column, next) =>
        {
            block.Load(charges, charges, Side, Stride, column, next);
            block.Transform(halfGiven: true);
            block.Separate();
            block.StoreSeparated(spectrumReal, spectrumImaginary, column, next);
        });
        ForBlocks(frequencies, 1, (block, column, _) =>
        {
            block.Load(spectrumReal, spectrumImaginary, Side, frequencies, column, column);
            block.Transform(halfGiven: true);
            block.Multiply(kernel, column);
            block.Invert();
            block.Store(spectrumReal, spectrumImaginary, Side, frequencies, column, column);
        });
        ForBlocks(Stride, 2, (block, column, next) =>
        {
            block.LoadSeparated(spectrumReal, spectrumImaginary, column, next);
            block.Combine();
            block.Invert();
            block.Store(charges, charges, Side, Stride, column, next);
        });
    }

    // The kernel's transform at frequencies [0..n] of both axes, real since the kernel is even. Divided by what forward and inverse
    // transforms leave as factors, and by the transforms of the splines on the way in and out.
    float[] Kernel()
    {
        int count = Side + 1;
        float[] values = new float[count * frequencies], turned = new float[frequencies * frequencies];
        Chunks.ForParts(count, count, threads, (row, _, _) =>
        {
            for (int column = 0; column < count; column++)
            {
                double square = (row * (double)row + column * (double)column) * Spacing * Spacing;
                values[row * frequencies + column] = (float)((1 - Constant - Constant * square) / (1 + square));
            }
        });
        for (int axis = 0; axis < 2; axis++)
        {
            ForBlocks(frequencies, 2, (block, column, next) =>
            {
                block.LoadEven(values, column, next);
                block.Transform(halfGiven: false);
                block.StoreTransposed(turned, column, next);
            });
            turned.AsSpan(0, values.Length).CopyTo(values);
        }
        double[] spline = [.. Enumerable.Range(0, count).Select(k => Math.Pow(Spline.Transform(Math.PI * k / Side), 2))];
        double scale = 1 / ((double)fourier.Length * fourier.Length * FourierColumns.SeparationFactor);
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column < count; column++)
            {
                values[row * frequencies + column] *= (float)(scale / (spline[row] * spline[column]));
            }
        }
        return values;
    }

    static int WholeBlocks(int columns) => (columns + Fourier.Batch - 1) / Fourier.Batch * Fourier.Batch;

    // Blocks of columns, one or two at a time; an odd one at the end is its own second.
    void ForBlocks(int columns, int atATime, Action<FourierColumns, int, int> work)
    {
        int count = columns / Fourier.Batch, steps = (count + atATime - 1) / atATime;
        Chunks.ForParts(steps, blocks.Length, threads, (part, first, end) =>
        {
            for (int step = first; step < end; step++)
            {
                int column = step * atATime;
                work(blocks[part], column * Fourier.Batch, Math.Min(column + atATime - 1, count - 1) * Fourier.Batch);
            }
        });
    }
}
