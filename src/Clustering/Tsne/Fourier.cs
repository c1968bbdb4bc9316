namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Discrete Fourier transforms of <see cref="Batch"/> signals side by side (Stockham's self-sorting scheme with radices 4, 2, 3 and 5): a
/// number of all signals is one row of the buffers, so that every operation is on whole vectors. Swapping real and imaginary parts gives
/// the inverse times the length.
/// </summary>
sealed class Fourier
{
    /// <summary>Signals at a time.</summary>
    public const int Batch = 16;

    /// <summary>Lengths are multiples of it: the first and the last stage have radix 4 and a faster form for half-empty signals.</summary>
    public const int Multiple = 16;

    readonly FourierStage[] stages;

    /// <summary>
    /// Transforms of <paramref name="length"/> numbers, a multiple of <see cref="Multiple"/> and a product of twos, threes and fives.
    /// </summary>
    public Fourier(int length)
    {
        Length = length;
        var found = new List<FourierStage> { new(4, length) };
        for (int left = length / Multiple; left > 1;)
        {
            int radix = left % 4 == 0 ? 4 : left % 2 == 0 ? 2 : left % 3 == 0 ? 3 : 5;
            found.Add(new FourierStage(radix, left * 4));
            left /= radix;
        }
        stages = [.. found, new FourierStage(4, 4)];
    }

    /// <summary>Numbers of a signal (M).</summary>
    public int Length { get; }

    /// <summary>Whether a length has no other factors than twos, threes and fives.</summary>
    public static bool CanTransform(int length)
    {
        foreach (int factor in new[] { 2, 3, 5 })
        {
            while (length % factor == 0)
            {
                length /= factor;
            }
        }
        return length == 1;
    }

    /// <summary>
    /// Transforms [M,Batch] in <paramref name="real"/> and <paramref name="imaginary"/>; the spare buffers, as large, may be exchanged for
    /// them. With <paramref name="halfGiven"/> the last M/2 numbers are taken for zeros, with <paramref name="halfWanted"/> they are not
    /// made.
    /// </summary>
    public void Transform(ref float[] real, ref float[] imaginary, ref float[] spareReal, ref float[] spareImaginary,
        bool halfGiven = false, bool halfWanted = false)
    {
        int run = Batch;
        foreach (FourierStage stage in stages)
        {
            if (halfGiven && run == Batch)
            {
                stage.FirstOfHalf(real, imaginary, spareReal, spareImaginary, run);
            }
            else if (run * stage.Radix == Length * Batch)
            {
                FourierStage.Last(real, imaginary, spareReal, spareImaginary, run, halfWanted);
            }
            else
            {
                stage.Apply(real, imaginary, spareReal, spareImaginary, run);
            }
            (real, imaginary, spareReal, spareImaginary) = (spareReal, spareImaginary, real, imaginary);
            run *= stage.Radix;
        }
    }
}
