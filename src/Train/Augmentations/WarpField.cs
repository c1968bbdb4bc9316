using Toolchain.Data;
using Toolchain.Data.Seeds;
using static TorchSharp.torch;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// The affine and elastic part of <see cref="Augmentation"/> for images that carry a gradient, such as generated ones: the same
/// distribution of maps, drawn here and read bilinearly by libtorch (differentiable augmentation: Zhao et al. 2020, "Differentiable
/// Augmentation for Data-Efficient GAN Training").
/// </summary>
/// <param name="options">How far a view may lie from its image.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="purpose">Name of the random numbers: those of real images are another's.</param>
sealed class WarpField(AugmentationOptions options, ulong seed, string purpose = "warp")
{
    const int side = ImageSet.Side;
    const float half = (side - 1) / 2f;

    readonly ulong key = RandomStream.KeyOf(seed, purpose);

    /// <summary>
    /// For each pixel of <paramref name="count"/> views the place that it shows, x then y, -1 and 1 being the outermost pixels' centres:
    /// [N,28,28,2].
    /// </summary>
    public Tensor Draw(int step, int count, Device device)
    {
        var places = new float[count * side * side * 2];
        Span<float> dx = stackalloc float[ElasticField.Count], dy = stackalloc float[ElasticField.Count];
        for (int i = 0; i < count; i++)
        {
            var random = new RandomStream(key, step, i, 0);
            AffineMap map = AffineMap.Draw(options, ref random);
            if (options.Elastic > 0)
            {
                ElasticField.Draw(dx, options.Elastic, ref random);
                ElasticField.Draw(dy, options.Elastic, ref random);
            }
            Fill(map, dx, dy, places.AsSpan(i * side * side * 2, side * side * 2));
        }
        return tensor(places, [count, side, side, 2], device: device);
    }

    /// <summary>Views [N,1,28,28] of images [N,1,28,28] through <paramref name="places"/> [N,28,28,2]; black outside.</summary>
    public static Tensor Apply(Tensor images, Tensor places) =>
        nn.functional.grid_sample(images, places, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: true);

    static void Fill(AffineMap map, ReadOnlySpan<float> dx, ReadOnlySpan<float> dy, Span<float> places)
    {
        for (int y = 0, at = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                float u = x - half, v = y - half;
                int shift = y * Canvas.Stride + x;
                places[at++] = (u * map.XX + v * map.XY + map.ShiftX + dx[shift]) / half;
                places[at++] = (u * map.YX + v * map.YY + map.ShiftY + dy[shift]) / half;
            }
        }
    }
}
