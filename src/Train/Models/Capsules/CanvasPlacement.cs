using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// Places images on a larger black canvas, shifted by whole pixels that are keyed by (seed, epoch, sample, view): nothing is cut off.
/// </summary>
static class CanvasPlacement
{
    /// <summary>Canvases [N,1,S,S] of one view of each image of the batch, [N,1,28,28].</summary>
    public static Tensor Shifted(Tensor images, Batch batch, int view, CapsulesOptions options, int seed)
    {
        if (options.CanvasSide == ImageSet.Side)
        {
            return images;
        }
        int room = options.CanvasSide - ImageSet.Side; // that an image leaves along each axis
        var (top, left) = (new long[batch.Samples.Length], new long[batch.Samples.Length]);
        for (int i = 0; i < batch.Samples.Length; i++)
        {
            var random = new RandomStream((ulong)seed, "shift", batch.Epoch, batch.Samples[i], view);
            left[i] = room / 2 - options.Shift + random.NextInt32(2 * options.Shift + 1);
            top[i] = room / 2 - options.Shift + random.NextInt32(2 * options.Shift + 1);
        }
        // One read of all images at once: an accelerator would wait for each copy to be started.
        Device device = images.device;
        Tensor across = arange(options.CanvasSide, device: device) + room;
        Tensor row = (across - tensor(top, device: device).unsqueeze(1)).unsqueeze(2); // [N,S,1]
        Tensor column = (across - tensor(left, device: device).unsqueeze(1)).unsqueeze(1); // [N,1,S]
        Tensor image = arange(images.shape[0], device: device).view(-1, 1, 1); // [N,1,1]
        Tensor framed = nn.functional.pad(images, [room, room, room, room]).squeeze(1); // [N,28+2*room,28+2*room]
        return framed[TensorIndex.Tensor(image), TensorIndex.Tensor(row), TensorIndex.Tensor(column)].unsqueeze(1); // [N,1,S,S]
    }
}
