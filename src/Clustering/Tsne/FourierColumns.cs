using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Buffers that take columns of a grid through the transforms: <see cref="Fourier.Batch"/> complex columns, or twice as many real ones,
/// half of them as real and half as imaginary parts. <see cref="Separate"/> computes the two spectra after the transform (Press et al.,
/// "Numerical recipes", section 12.3), and <see cref="Combine"/> undoes that. Layout: [M,Batch], real and imaginary planes.
/// </summary>
sealed class FourierColumns
{
    /// <summary>What <see cref="Separate"/> and then <see cref="Combine"/> multiply by.</summary>
    public const int SeparationFactor = 2;

    readonly Fourier fourier;
    readonly int length, frequencies;
    float[] real, imaginary, spareReal, spareImaginary;

    /// <summary>
    /// Room for columns of the transforms' length M; of separated ones, frequencies [0..M/2] are kept in <paramref name="frequencies"/>
    /// rows.
    /// </summary>
    public FourierColumns(Fourier fourier, int frequencies)
    {
        (this.fourier, this.frequencies, length) = (fourier, frequencies, fourier.Length);
        (real, imaginary, spareReal, spareImaginary) = (Buffer(), Buffer(), Buffer(), Buffer());

        // Two separated columns take a little more than whole ones.
        float[] Buffer() => new float[2 * frequencies * Fourier.Batch];
    }

    /// <summary>Transforms in place; with <paramref name="halfGiven"/> the second half of the rows counts as zeros.</summary>
    public void Transform(bool halfGiven) =>
        fourier.Transform(ref real, ref imaginary, ref spareReal, ref spareImaginary, halfGiven, halfWanted: false);

    /// <summary>The first half of the inverse, times the length.</summary>
    public void Invert() =>
        fourier.Transform(ref imaginary, ref real, ref spareImaginary, ref spareReal, halfGiven: false, halfWanted: true);

    /// <summary>Loads the first rows, real parts at one column and imaginary parts at another.</summary>
    public void Load(float[] reals, float[] imaginaries, int rows, int stride, int column, int imaginaryColumn)
    {
        for (int row = 0; row < rows; row++)
        {
            Copy(reals, row * stride + column, real, row * Fourier.Batch);
            Copy(imaginaries, row * stride + imaginaryColumn, imaginary, row * Fourier.Batch);
        }
    }

    /// <summary>Stores the first rows as <see cref="Load"/> reads them.</summary>
    public void Store(float[] reals, float[] imaginaries, int rows, int stride, int column, int imaginaryColumn)
    {
        for (int row = 0; row < rows; row++)
        {
            Copy(real, row * Fourier.Batch, reals, row * stride + column);
            Copy(imaginary, row * Fourier.Batch, imaginaries, row * stride + imaginaryColumn);
        }
    }

    /// <summary>Loads even columns of which rows [0..M/2] are given. Their transforms are real, so that two need no separation.</summary>
    public void LoadEven(float[] values, int column, int next)
    {
        Load(values, values, length / 2 + 1, frequencies, column, next);
        for (int row = 1; row < length / 2; row++)
        {
            Copy(real, row * Fourier.Batch, real, (length - row) * Fourier.Batch);
            Copy(imaginary, row * Fourier.Batch, imaginary, (length - row) * Fourier.Batch);
        }
    }

    /// <summary>Stores columns as rows of a matrix [columns,frequencies].</summary>
    public void StoreTransposed(float[] to, int column, int next)
    {
        BlockTranspose.Transpose(real, 0, Fourier.Batch, frequencies, Fourier.Batch, to, column * frequencies, frequencies);
        BlockTranspose.Transpose(imaginary, 0, Fourier.Batch, frequencies, Fourier.Batch, to, next * frequencies, frequencies);
    }

    /// <summary>Times real factors [M/2+1,frequencies], even along the columns.</summary>
    public void Multiply(float[] factors, int column)
    {
        for (int row = 0; row < length; row++)
        {
            int from = Math.Min(row, length - row) * frequencies + column;
            for (int at = row * Fourier.Batch; at < (row + 1) * Fourier.Batch; at += Vector256<float>.Count, from += Vector256<float>.Count)
            {
                Vector256<float> factor = Vector256.LoadUnsafe(ref factors[from]);
                (Vector256.LoadUnsafe(ref real[at]) * factor).StoreUnsafe(ref real[at]);
                (Vector256.LoadUnsafe(ref imaginary[at]) * factor).StoreUnsafe(ref imaginary[at]);
            }
        }
    }

    /// <summary>
    /// Twice the transforms of the columns that were the real parts, then of those that were the imaginary parts, into the spare buffers:
    /// sums with, and differences from, the conjugate mirror image.
    /// </summary>
    public void Separate()
    {
        for (int k = 0; k <= length / 2; k++)
        {
            int mirror = k == 0 ? 0 : length - k;
            for (int lane = 0; lane < Fourier.Batch; lane += Vector256<float>.Count)
            {
                int at = k * Fourier.Batch + lane, across = mirror * Fourier.Batch + lane, second = at + frequencies * Fourier.Batch;
                Vector256<float> a = Vector256.LoadUnsafe(ref real[at]), b = Vector256.LoadUnsafe(ref imaginary[at]);
                Vector256<float> c = Vector256.LoadUnsafe(ref real[across]), d = Vector256.LoadUnsafe(ref imaginary[across]);
                (a + c).StoreUnsafe(ref spareReal[at]);
                (b - d).StoreUnsafe(ref spareImaginary[at]);
                (b + d).StoreUnsafe(ref spareReal[second]);
                (c - a).StoreUnsafe(ref spareImaginary[second]);
            }
        }
    }

    /// <summary>
    /// Separated columns, in the spare buffers, to one at all frequencies: the first plus the second times the imaginary unit.
    /// </summary>
    public void Combine()
    {
        for (int k = 0; k <= length / 2; k++)
        {
            int mirror = k == 0 ? 0 : length - k;
            for (int lane = 0; lane < Fourier.Batch; lane += Vector256<float>.Count)
            {
                int at = k * Fourier.Batch + lane, across = mirror * Fourier.Batch + lane, second = at + frequencies * Fourier.Batch;
                Vector256<float> a = Vector256.LoadUnsafe(ref spareReal[at]), b = Vector256.LoadUnsafe(ref spareImaginary[at]);
                Vector256<float> c = Vector256.LoadUnsafe(ref spareReal[second]), d = Vector256.LoadUnsafe(ref spareImaginary[second]);
                (a + d).StoreUnsafe(ref real[across]);
                (c - b).StoreUnsafe(ref imaginary[across]);
                (a - d).StoreUnsafe(ref real[at]);
                (b + c).StoreUnsafe(ref imaginary[at]);
            }
        }
    }

    /// <summary>Stores separated columns as rows of a spectrum [columns,frequencies]; what is past frequency M/2 means nothing.</summary>
    public void StoreSeparated(float[] reals, float[] imaginaries, int column, int next)
    {
        foreach ((int part, int row) in new[] { (0, column), (frequencies, next) })
        {
            BlockTranspose.Transpose(spareReal, part * Fourier.Batch, Fourier.Batch, frequencies, Fourier.Batch, reals, row * frequencies,
                frequencies);
            BlockTranspose.Transpose(spareImaginary, part * Fourier.Batch, Fourier.Batch, frequencies, Fourier.Batch, imaginaries,
                row * frequencies, frequencies);
        }
    }

    /// <summary>Loads what <see cref="StoreSeparated"/> stored.</summary>
    public void LoadSeparated(float[] reals, float[] imaginaries, int column, int next)
    {
        foreach ((int part, int row) in new[] { (0, column), (frequencies, next) })
        {
            BlockTranspose.Transpose(reals, row * frequencies, frequencies, Fourier.Batch, frequencies, spareReal, part * Fourier.Batch,
                Fourier.Batch);
            BlockTranspose.Transpose(imaginaries, row * frequencies, frequencies, Fourier.Batch, frequencies, spareImaginary,
                part * Fourier.Batch,
                Fourier.Batch);
        }
    }

    static void Copy(float[] from, int first, float[] to, int target)
    {
        Vector256.LoadUnsafe(ref from[first]).StoreUnsafe(ref to[target]);
        Vector256.LoadUnsafe(ref from[first + Vector256<float>.Count]).StoreUnsafe(ref to[target + Vector256<float>.Count]);
    }
}
