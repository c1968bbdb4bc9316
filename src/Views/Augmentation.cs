using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>Which views of a sample are drawn: those of one sample differ by these numbers alone.</summary>
/// <param name="Epoch">0-based number of the epoch.</param>
/// <param name="First">Number of the first view.</param>
/// <param name="Count">Number of views (V).</param>
public readonly record struct ViewNumbers(int Epoch, int First, int Count);

/// <summary>
/// Draws views of images in one pass from bytes to floats: of writing an affine map with shear, elastic displacement, stroke thickness and
/// occlusion; of objects what <see cref="ObjectViews"/> says. The numbers are keyed by (seed, epoch, sample, view), so any batch of any
/// step can be drawn again by itself. A crop is a scale with a shift.
/// </summary>
public sealed class Augmentation
{
    const int SamplesPerTask = 16;

    readonly AugmentationOptions options;
    readonly ImageShape shape;
    readonly bool isOfObjects;
    readonly ElasticField elastic;
    readonly ulong key;
    readonly ConcurrentBag<ViewBuffers> spare = [];

    /// <summary>Views of images of a shape.</summary>
    /// <param name="options">How far a view of writing may lie from its image.</param>
    /// <param name="shape">Of the images.</param>
    /// <param name="seed">Seed of the views.</param>
    /// <param name="isOfObjects">Whether the images show objects, not writing.</param>
    /// <exception cref="ArgumentException">Images of that shape cannot have such views.</exception>
    public Augmentation(AugmentationOptions options, ImageShape shape, ulong seed, bool isOfObjects = false)
    {
        if (!isOfObjects)
        {
            options.CheckFor(shape);
        }
        (this.options, this.shape, this.isOfObjects) = (options, shape, isOfObjects);
        elastic = new ElasticField(new ViewCanvas(shape));
        key = RandomStream.KeyOf(seed, "augmentation");
    }

    /// <summary>Fills <paramref name="views"/> with views of each sample.</summary>
    /// <param name="data">The images.</param>
    /// <param name="samples">Indices of the images, [N].</param>
    /// <param name="numbers">Which views.</param>
    /// <param name="views">Receives V * N * C * H * W floats in [0,1], all samples' first views before their second ones.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    public void Draw(ImageSet data, int[] samples, ViewNumbers numbers, float[] views, int threads = 0)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, (samples.Length + SamplesPerTask - 1) / SamplesPerTask, parallel, task =>
        {
            ViewBuffers buffers = spare.TryTake(out ViewBuffers? used) ? used : new ViewBuffers(shape);
            for (int i = task * SamplesPerTask; i < Math.Min(samples.Length, (task + 1) * SamplesPerTask); i++)
            {
                ReadOnlySpan<byte> image = data.Image(samples[i]);
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    CornerTable.Fill(image.Slice(channel * shape.PixelCount, shape.PixelCount), buffers.Canvas, buffers.Corners[channel]);
                }
                for (int view = 0; view < numbers.Count; view++)
                {
                    var random = new RandomStream(key, numbers.Epoch, samples[i], numbers.First + view);
                    Span<float> target = views.AsSpan((view * samples.Length + i) * shape.Size, shape.Size);
                    if (isOfObjects)
                    {
                        DrawObject(buffers, target, ref random);
                    }
                    else
                    {
                        AddSerifs(image, buffers, ref random);
                        DrawWriting(buffers, target, ref random);
                    }
                }
            }
            spare.Add(buffers);
        });
    }

    void AddSerifs(ReadOnlySpan<byte> image, ViewBuffers buffers, ref RandomStream random)
    {
        if (options.SerifProbability == 0)
        {
            return;
        }
        if (random.NextDouble() < options.SerifProbability)
        {
            Span<byte> changed = buffers.Changed;
            Serifs.Draw(image, changed, buffers.Canvas, ref random);
            image = changed;
        }
        CornerTable.Fill(image, buffers.Canvas, buffers.Corners[0]);
    }

    void DrawWriting(ViewBuffers buffers, Span<float> view, ref RandomStream random)
    {
        AffineMap map = AffineMap.Draw(options, buffers.Canvas, ref random);
        if (options.Elastic > 0)
        {
            elastic.Draw(buffers.ShiftX, options.Elastic, ref random);
            elastic.Draw(buffers.ShiftY, options.Elastic, ref random);
        }
        float[][] canvas = buffers.Pixels;
        Warp(buffers, map, canvas);
        if (random.NextDouble() < options.ThicknessProbability)
        {
            canvas = StrokeThickness.Change(buffers, (float)random.NextDouble(-0.7, options.Thickness));
        }
        if (options.OutlineProbability > 0 && random.NextDouble() < options.OutlineProbability)
        {
            canvas = StrokeThickness.Outline(buffers, canvas);
        }
        if (options.BlurProbability > 0 && random.NextDouble() < options.BlurProbability)
        {
            double deviation = random.NextDouble(AugmentationOptions.LeastBlur, options.Blur) * buffers.Canvas.Scale;
            GaussianBlur.Apply(buffers, canvas, deviation, reach: (int)Math.Ceiling(2 * deviation));
        }
        if (shape.IsRgb)
        {
            InkColours.Change(canvas, buffers.Canvas, ref random);
        }
        Copy(canvas, buffers.Canvas, view);
        if (options.FlagProbability > 0 && !shape.IsRgb && random.NextDouble() < options.FlagProbability)
        {
            FlagAndFoot.Draw(view, shape, ref random);
        }
        if (random.NextDouble() < options.EraseProbability)
        {
            Occlusion.DrawRectangle(view, shape, options.EraseSide, ref random);
        }
        if (random.NextDouble() < options.BarProbability)
        {
            Occlusion.DrawBar(view, shape, options.BarWidth, ref random);
        }
        if (random.NextDouble() < options.StrokeProbability)
        {
            PenStroke.DrawRandom(view, shape, ref random);
        }
    }

    // Displacements stay 0.
    void DrawObject(ViewBuffers buffers, Span<float> view, ref RandomStream random)
    {
        Warp(buffers, ObjectViews.DrawCrop(buffers.Canvas, ref random), buffers.Pixels);
        ObjectViews.ChangeColours(buffers, ref random);
        ObjectViews.Blur(buffers, ref random);
        Copy(buffers.Pixels, buffers.Canvas, view);
    }

    static void Copy(float[][] canvas, ViewCanvas layout, Span<float> view)
    {
        int at = 0;
        foreach (float[] channel in canvas)
        {
            for (int y = 0; y < layout.Height; y++, at += layout.Width)
            {
                channel.AsSpan(layout.Origin + y * layout.Stride, layout.Width).CopyTo(view[at..]);
            }
        }
    }

    // Each pixel of the view reads the image where the affine map and the displacement point to.
    static void Warp(ViewBuffers buffers, AffineMap map, float[][] canvas)
    {
        ViewCanvas layout = buffers.Canvas;
        ref float toX = ref MemoryMarshal.GetArrayDataReference(buffers.ShiftX),
            toY = ref MemoryMarshal.GetArrayDataReference(buffers.ShiftY);
        for (int y = 0; y < layout.Height; y++)
        {
            for (int x = 0; x < layout.Width; x += 8)
            {
                nuint at = (nuint)(y * layout.Stride + x), target = at + (nuint)layout.Origin;
                (Vector256<float> sourceX, Vector256<float> sourceY) = map.Source(ViewCanvas.First + Vector256.Create((float)x), y);
                Places places = CornerTable.PlacesOf(sourceX + Vector256.LoadUnsafe(ref toX, at),
                    sourceY + Vector256.LoadUnsafe(ref toY, at), layout);
                for (int channel = 0; channel < canvas.Length; channel++)
                {
                    Vector256<float> read = CornerTable.Bilinear(buffers.Corners[channel], places);
                    (x + 8 <= layout.Width ? read : read & layout.Mask(x))
                        .StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(canvas[channel]), target);
                }
            }
        }
    }
}
