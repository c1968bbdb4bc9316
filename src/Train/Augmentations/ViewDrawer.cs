using Toolchain.Train.Core;
using Toolchain.Views;
using static TorchSharp.torch;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// Draws the views of a batch as tensors. While a step computes on one batch, the next one's views are drawn in the background; they are
/// the same bits either way, since each view depends on its own key alone.
/// </summary>
/// <param name="options">How far a view may lie from its image.</param>
/// <param name="job">The images.</param>
/// <param name="viewCount">Views of each image (V).</param>
/// <param name="isOfObjects">Whether the images show objects, not writing.</param>
sealed class ViewDrawer(AugmentationOptions options, GradientJob job, int viewCount, bool isOfObjects = false) : IDisposable
{
    readonly Augmentation augmentation = new(options, job.Shape, (ulong)job.Seed, isOfObjects);
    float[] buffer = [];
    Task drawing = Task.CompletedTask;
    Batch? drawn;

    /// <summary>Views 0..V-1 of each image, V tensors [N,C,H,W] in [0,1].</summary>
    public Tensor[] Draw(Batch batch)
    {
        drawing.GetAwaiter().GetResult();
        if (drawn is null || !drawn.IsSame(batch))
        {
            Fill(batch);
        }
        Tensor views = tensor(buffer, [viewCount, .. job.Shape.Axes(batch.Samples.Length)], device: job.Device); // a copy
        drawn = batch.Next;
        if (batch.Next is Batch next)
        {
            drawing = Task.Run(() => Fill(next));
        }
        return views.unbind();
    }

    /// <summary>Waits for the views that are being drawn.</summary>
    public void Dispose() => drawing.GetAwaiter().GetResult();

    void Fill(Batch batch)
    {
        int length = viewCount * batch.Samples.Length * job.Shape.Size;
        if (buffer.Length != length)
        {
            buffer = new float[length];
        }
        augmentation.Draw(job.Data, batch.Samples, new(batch.Epoch, 0, viewCount), buffer, job.Threads);
    }
}
