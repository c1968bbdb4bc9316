using Toolchain.Data.Seeds;
using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// Places images on a larger black canvas, shifted by whole pixels that are keyed by (seed, epoch, sample, view): nothing is cut off.
/// </summary>
static class CanvasPlacement
{
    /// <summary>Canvases [N,C,S,S] of one view of each image of the batch, [N,C,H,W].</summary>
    public static Tensor Shifted(Tensor images, Batch batch, int view, CapsulesOptions options, int seed)
    {
        // That an image leaves along each axis.
        (int down, int across) = (options.CanvasSide - (int)images.shape[2], options.CanvasSide - (int)images.shape[3]);
        if (down == 0 && across == 0)
        {
            return images;
        }
        var (top, left) = (new long[batch.Samples.Length], new long[batch.Samples.Length]);
        for (int i = 0; i < batch.Samples.Length; i++)
        {
            var random = new RandomStream((ulong)seed, "shift", batch.Epoch, batch.Samples[i], view);
            left[i] = across / 2 - options.Shift + random.NextInt32(2 * options.Shift + 1);
            top[i] = down / 2 - options.Shift + random.NextInt32(2 * options.Shift + 1);
        }
        // One read of all images at once: an accelerator would wait for each copy to be started.
        Device device = images.device;
        Tensor places = arange(options.CanvasSide, device: device);
        Tensor row = (places + down - tensor(top, device: device).unsqueeze(1)).unsqueeze(2); // [N,S,1]
        Tensor column = (places + across - tensor(left, device: device).unsqueeze(1)).unsqueeze(1); // [N,1,S]
        Tensor image = arange(images.shape[0], device: device).view(-1, 1, 1); // [N,1,1]
        Tensor framed = nn.functional.pad(images, [across, across, down, down]).permute(0, 2, 3, 1); // [N,H+2*down,W+2*across,C]
        Tensor placed = framed[TensorIndex.Tensor(image), TensorIndex.Tensor(row), TensorIndex.Tensor(column)]; // [N,S,S,C]
        return placed.permute(0, 3, 1, 2).contiguous(); // [N,C,S,S]
    }
}
