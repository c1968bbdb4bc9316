using Toolchain.Data;
using Toolchain.Train.Running;
using static TorchSharp.torch;

namespace Toolchain.Train.Augmentations;

/// <summary>Draws the views of a batch as a tensor, through one buffer that is used again and again.</summary>
sealed class ViewDrawer(AugmentationOptions options, GradientJob job, int batchSize)
{
    readonly Augmentation augmentation = new(options, (ulong)job.Seed);
    readonly float[] buffer = new float[batchSize * DigitSet.PixelCount];

    /// <summary>View number <paramref name="view"/> of each image, [N,1,28,28] in [0,1].</summary>
    public Tensor Draw(Batch batch, int view)
    {
        augmentation.Draw(job.Digits, batch.Samples, batch.Epoch, view, buffer, job.Threads);
        return tensor(buffer, [batch.Samples.Length, 1, DigitSet.Side, DigitSet.Side], device: job.Device);
    }
}
