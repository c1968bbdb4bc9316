using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;
using static TorchSharp.torch;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// The affine and elastic part of <see cref="Augmentation"/> for images that carry a gradient, such as generated ones: the same
/// distribution of maps, drawn here and read bilinearly by libtorch (differentiable augmentation: Zhao et al. 2020, "Differentiable
/// Augmentation for Data-Efficient GAN Training").
/// </summary>
/// <param name="options">How far a view may lie from its image.</param>
/// <param name="shape">Of the images.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="purpose">Name of the random numbers: those of real images are another's.</param>
sealed class WarpField(AugmentationOptions options, ImageShape shape, ulong seed, string purpose = "warp")
{
    readonly ViewCanvas canvas = new(shape);
    readonly ElasticField elastic = new(new ViewCanvas(shape));
    readonly ulong key = RandomStream.KeyOf(seed, purpose);

    /// <summary>
    /// For each pixel of <paramref name="count"/> views the place that it shows, x then y, -1 and 1 being the outermost pixels' centres:
    /// [N,H,W,2].
    /// </summary>
    public Tensor Draw(int step, int count, Device device)
    {
        var places = new float[count * shape.PixelCount * 2];
        float[] dx = new float[ElasticField.CountOf(canvas)], dy = new float[dx.Length];
        for (int i = 0; i < count; i++)
        {
            var random = new RandomStream(key, step, i, 0);
            AffineMap map = AffineMap.Draw(options, canvas, ref random);
            if (options.Elastic > 0)
            {
                elastic.Draw(dx, options.Elastic, ref random);
                elastic.Draw(dy, options.Elastic, ref random);
            }
            Fill(map, dx, dy, places.AsSpan(i * shape.PixelCount * 2, shape.PixelCount * 2));
        }
        return tensor(places, [count, shape.Height, shape.Width, 2], device: device);
    }

    /// <summary>Views [N,C,H,W] of images [N,C,H,W] through <paramref name="places"/> [N,H,W,2]; black outside.</summary>
    public static Tensor Apply(Tensor images, Tensor places) =>
        nn.functional.grid_sample(images, places, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: true);

    void Fill(AffineMap map, ReadOnlySpan<float> dx, ReadOnlySpan<float> dy, Span<float> places)
    {
        for (int y = 0, at = 0; y < shape.Height; y++)
        {
            for (int x = 0; x < shape.Width; x++)
            {
                float u = x - map.CentreX, v = y - map.CentreY;
                int shift = y * canvas.Stride + x;
                places[at++] = (u * map.XX + v * map.XY + map.ShiftX + dx[shift]) / map.CentreX;
                places[at++] = (u * map.YX + v * map.YY + map.ShiftY + dy[shift]) / map.CentreY;
            }
        }
    }
}
