using Toolchain.Data;
using static TorchSharp.torch;

namespace Toolchain.Train.Core;

/// <summary>What a trainer works on.</summary>
/// <param name="Data">The training images; labels are never read.</param>
/// <param name="Seed">Seed of initialisation, order and views.</param>
/// <param name="Device">Where tensors live.</param>
/// <param name="Threads">Threads of work outside libtorch; 0 takes all processors.</param>
sealed record GradientJob(ImageSet Data, int Seed, Device Device, int Threads = 0)
{
    /// <summary>Channels and size of an image.</summary>
    public ImageShape Shape => Data.Shape;

    /// <summary>Images as floats [N,C,H,W] in [0,1].</summary>
    public Tensor Images(int[] samples)
    {
        var pixels = new byte[samples.Length * Shape.Size];
        for (int i = 0; i < samples.Length; i++)
        {
            Data.Image(samples[i]).CopyTo(pixels.AsSpan(i * Shape.Size));
        }
        return tensor(pixels, Shape.Axes(samples.Length), device: Device).to(ScalarType.Float32).div(255);
    }

    /// <summary>
    /// Applies <paramref name="predict"/> to all images, in order and without gradient: from images [B,C,H,W] to rows [B,...], in all
    /// [N,...].
    /// </summary>
    public Tensor Predict(Func<Tensor, Tensor> predict)
    {
        const int batchSize = 500;
        using (no_grad())
        {
            var parts = new List<Tensor>();
            for (int start = 0; start < Data.Count; start += batchSize)
            {
                using var scope = NewDisposeScope();
                int[] samples = [.. Enumerable.Range(start, Math.Min(batchSize, Data.Count - start))];
                parts.Add(predict(Images(samples)).MoveToOuterDisposeScope());
            }
            return cat(parts);
        }
    }
}
