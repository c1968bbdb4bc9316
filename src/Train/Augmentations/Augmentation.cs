using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Train.Augmentations;

/// <summary>Which views of a sample are drawn: those of one sample differ by these numbers alone.</summary>
/// <param name="Epoch">0-based number of the epoch.</param>
/// <param name="First">Number of the first view.</param>
/// <param name="Count">Number of views (V).</param>
readonly record struct ViewNumbers(int Epoch, int First, int Count);

/// <summary>
/// Draws views of digits: affine map with shear, elastic displacement, stroke thickness and occlusion in one pass from bytes to floats. The
/// numbers are keyed by (seed, epoch, sample, view), so any batch of any step can be drawn again by itself. A crop is a scale with a shift.
/// </summary>
sealed class Augmentation(AugmentationOptions options, ulong seed)
{
    const int side = ImageSet.Side, stride = Canvas.Stride, samplesPerTask = 16;

    readonly ulong key = RandomStream.KeyOf(seed, "augmentation");

    /// <summary>Fills <paramref name="views"/> with views of each sample.</summary>
    /// <param name="data">The images.</param>
    /// <param name="samples">Indices of the images, [N].</param>
    /// <param name="numbers">Which views.</param>
    /// <param name="views">Receives V * N * 784 floats in [0,1], all samples' first views before their second ones.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    public void Draw(ImageSet data, int[] samples, ViewNumbers numbers, float[] views, int threads = 0)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, (samples.Length + samplesPerTask - 1) / samplesPerTask, parallel, task =>
        {
            Span<int> corners = stackalloc int[CornerTable.Count];
            for (int i = task * samplesPerTask; i < Math.Min(samples.Length, (task + 1) * samplesPerTask); i++)
            {
                CornerTable.Fill(data.Image(samples[i]), corners);
                for (int view = 0; view < numbers.Count; view++)
                {
                    var random = new RandomStream(key, numbers.Epoch, samples[i], numbers.First + view);
                    Draw(corners, views.AsSpan((view * samples.Length + i) * ImageSet.PixelCount, ImageSet.PixelCount), ref random);
                }
            }
        });
    }

    void Draw(Span<int> corners, Span<float> view, ref RandomStream random)
    {
        Span<float> canvas = stackalloc float[Canvas.Count], other = stackalloc float[Canvas.Count];
        Warp(corners, canvas, ref random);
        if (random.NextDouble() < options.ThicknessProbability)
        {
            StrokeThickness.Change(canvas, other, (float)random.NextDouble(-0.7, 1));
            canvas = other;
        }
        for (int y = 0; y < side; y++)
        {
            canvas.Slice(Canvas.Origin + y * stride, side).CopyTo(view[(y * side)..]);
        }
        if (random.NextDouble() < options.EraseProbability)
        {
            Occlusion.DrawRectangle(view, options.EraseSide, ref random);
        }
        if (random.NextDouble() < options.BarProbability)
        {
            Occlusion.DrawBar(view, options.BarWidth, ref random);
        }
        if (random.NextDouble() < options.StrokeProbability)
        {
            PenStroke.DrawRandom(view, ref random);
        }
    }

    // Each pixel of the view reads the image where the affine map and the displacement point to.
    void Warp(Span<int> corners, Span<float> canvas, ref RandomStream random)
    {
        Span<float> dx = stackalloc float[ElasticField.Count], dy = stackalloc float[ElasticField.Count];
        AffineMap map = AffineMap.Draw(options, ref random);
        if (options.Elastic > 0)
        {
            ElasticField.Draw(dx, options.Elastic, ref random);
            ElasticField.Draw(dy, options.Elastic, ref random);
        }
        ref int table = ref MemoryMarshal.GetReference(corners);
        ref float toX = ref MemoryMarshal.GetReference(dx), toY = ref MemoryMarshal.GetReference(dy),
            target = ref MemoryMarshal.GetReference(canvas);
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x += 8)
            {
                nuint at = (nuint)(y * stride + x);
                (Vector256<float> sourceX, Vector256<float> sourceY) = map.Source(Columns.First + Vector256.Create((float)x), y);
                Vector256<float> read = CornerTable.Bilinear(ref table, sourceX + Vector256.LoadUnsafe(ref toX, at),
                    sourceY + Vector256.LoadUnsafe(ref toY, at));
                (x + 8 <= side ? read : read & Columns.LastMask).StoreUnsafe(ref target, at + Canvas.Origin);
            }
        }
    }
}
