using Toolchain.Train.Models.Capsules.Kernels;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// <see cref="ImageMixture.LogLikelihood"/> with its gradients in one pass of C# over each image: a part is computed only at pixels that
/// its template covers, since elsewhere its density is that of black and its weight its presence. Nothing of size [N,P,S,S] is made.
/// </summary>
sealed class FusedImageLikelihood(CapsulesOptions options, int threads)
{
    // A fixed number of images per task, and sums over tasks in their order: the same bits at any thread count.
    const int ImagesPerTask = 16;

    readonly List<ImageKernel> kernels = [];

    /// <summary>Mean over images of log p(canvas), a scalar with exact gradients for everything in <paramref name="mixture"/>.</summary>
    public Tensor LogLikelihood(Tensor canvas, ImageMixture mixture)
    {
        int count = (int)canvas.shape[0], tasks = (count + ImagesPerTask - 1) / ImagesPerTask;
        while (kernels.Count < tasks)
        {
            kernels.Add(new ImageKernel(options.CanvasSide, options.TemplateSide, options.PartCount, (float)options.PixelDeviation));
        }
        float[] pixels = Values(canvas), pose = Values(mixture.Pose), presence = Values(mixture.Presence), colour = Values(mixture.Colour);
        var gradient = new ImageGradient(pose.Length, presence.Length);
        float[] ink = Values(mixture.Ink), opacity = Values(mixture.Opacity);
        float background = mixture.Background.item<float>(), mixing = mixture.BackgroundMixing.item<float>();
        Parallel.For(0, tasks, new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount }, task =>
        {
            ImageKernel kernel = kernels[task];
            kernel.Begin(ink, opacity, background, mixing);
            for (int image = task * ImagesPerTask; image < Math.Min(count, (task + 1) * ImagesPerTask); image++)
            {
                kernel.Add(image, pixels, pose, presence, colour, gradient);
            }
        });
        double value = 0, toBackground = 0, toMixing = 0;
        float[] toInk = new float[ink.Length], toOpacity = new float[ink.Length];
        foreach (ImageKernel kernel in kernels.Take(tasks))
        {
            (value, toBackground, toMixing) = (value + kernel.LogLikelihood, toBackground + kernel.ToBackground,
                toMixing + kernel.ToMixing);
            kernel.AddTemplateGradients(toInk, toOpacity);
        }
        // Linear in every input, with the value and the gradients of the likelihood.
        Tensor result = tensor((float)(value / count));
        result = result + Linear(mixture.Pose, gradient.Pose) + Linear(mixture.Presence, gradient.Presence)
            + Linear(mixture.Colour, gradient.Colour);
        return result + Linear(mixture.Ink, toInk) + Linear(mixture.Opacity, toOpacity)
            + Linear(mixture.Background, [(float)toBackground]) + Linear(mixture.BackgroundMixing, [(float)toMixing]);

        // Its value is 0, its gradient that of the mean over images.
        Tensor Linear(Tensor input, float[] slope) => ((input - input.detach()) * tensor(slope, input.shape)).sum() / count;
    }

    static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();
}
