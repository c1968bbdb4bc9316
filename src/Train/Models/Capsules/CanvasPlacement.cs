using Toolchain.Data;
using Toolchain.Train.Running;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>Places images on a larger black canvas, shifted by whole pixels that are keyed by (seed, epoch, sample, view): nothing is cut off.</summary>
static class CanvasPlacement
{
    /// <summary>Canvases [N,1,S,S] of one view of each image of the batch, [N,1,28,28].</summary>
    public static Tensor Shifted(Tensor images, Batch batch, int view, CapsulesOptions options, int seed)
    {
        if (options.CanvasSide == DigitSet.Side)
        {
            return images;
        }
        int margin = (options.CanvasSide - DigitSet.Side) / 2;
        Tensor canvas = zeros(images.shape[0], 1, options.CanvasSide, options.CanvasSide, device: images.device);
        for (int i = 0; i < batch.Samples.Length; i++)
        {
            var random = new RandomStream((ulong)seed, "shift", batch.Epoch, batch.Samples[i], view);
            int x = margin - options.Shift + random.NextInt32(2 * options.Shift + 1), y = margin - options.Shift + random.NextInt32(2 * options.Shift + 1);
            canvas[i, 0].narrow(0, y, DigitSet.Side).narrow(1, x, DigitSet.Side).copy_(images[i, 0]);
        }
        return canvas;
    }
}
