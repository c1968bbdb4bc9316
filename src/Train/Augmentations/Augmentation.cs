using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// Draws views of digits: affine map with shear, elastic displacement and stroke thickness in one pass from bytes to floats. The numbers are
/// keyed by (seed, epoch, sample, view), so any batch of any step can be drawn again by itself.
/// </summary>
public sealed class Augmentation(AugmentationOptions options, ulong seed)
{
    const int side = DigitSet.Side;

    readonly ulong key = RandomStream.KeyOf(seed, "augmentation");

    /// <summary>Fills <paramref name="views"/> with one view of each sample.</summary>
    /// <param name="digits">The images.</param>
    /// <param name="samples">Indices of the images, [N].</param>
    /// <param name="epoch">Pass over the data.</param>
    /// <param name="view">Which view of the sample: views of one sample differ by it alone.</param>
    /// <param name="views">Receives N * 784 floats in [0,1].</param>
    /// <param name="threads">Threads; 0 takes all processors. The result does not depend on it.</param>
    public void Draw(DigitSet digits, int[] samples, int epoch, int view, float[] views, int threads = 0)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, (samples.Length + 15) / 16, parallel, block =>
        {
            for (int i = block * 16; i < Math.Min(samples.Length, block * 16 + 16); i++)
            {
                var random = new RandomStream(key, epoch, samples[i], view);
                Draw(digits.Image(samples[i]), views.AsSpan(i * DigitSet.PixelCount, DigitSet.PixelCount), ref random);
            }
        });
    }

    /// <summary>Draws one view.</summary>
    /// <param name="image">784 bytes.</param>
    /// <param name="view">Receives 784 floats in [0,1].</param>
    /// <param name="random">Source of the draw.</param>
    public void Draw(ReadOnlySpan<byte> image, Span<float> view, ref RandomStream random)
    {
        Span<float> dx = stackalloc float[DigitSet.PixelCount], dy = stackalloc float[DigitSet.PixelCount];
        AffineMap map = AffineMap.Draw(options, ref random);
        if (options.Elastic > 0)
        {
            ElasticField.Draw(dx, options.Elastic, ref random);
            ElasticField.Draw(dy, options.Elastic, ref random);
        }
        Span<float> padded = stackalloc float[Sampler.PaddedCount];
        Sampler.Pad(image, padded);
        for (int y = 0, at = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, at++)
            {
                (float sourceX, float sourceY) = map.Source(x, y);
                view[at] = Sampler.Bilinear(padded, sourceX + dx[at], sourceY + dy[at]);
            }
        }
        if (random.NextDouble() < options.ThicknessProbability)
        {
            StrokeThickness.Change(view, (float)random.NextDouble(-0.7, 1));
        }
    }
}
