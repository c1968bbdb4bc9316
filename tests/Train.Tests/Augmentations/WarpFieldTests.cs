using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Models.InfoGan;
using Toolchain.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class WarpFieldTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(6, 1);
    static readonly int[] samples = [0, 1, 2, 3, 4, 5];
    static readonly AugmentationOptions options = new InfoGanOptions().Augmentation;

    /// <summary>Generated and real images must be seen alike, or the discriminator would learn the difference of the two ways.</summary>
    [Fact]
    public void Apply_SameRandomNumbers_GivesTheViewsOfAugmentation()
    {
        var expected = new float[6 * ImageShape.Mnist.Size];
        new Augmentation(options, ImageShape.Mnist, 7).Draw(digits, samples, new(Epoch: 3, First: 0, Count: 1), expected);
        Tensor places = new WarpField(options, ImageShape.Mnist, 7, "augmentation").Draw(3, 6, CPU);
        float[] found = [.. WarpField.Apply(Images(), places).data<float>()];
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void Apply_NoAugmentation_GivesTheImage()
    {
        Tensor seen = WarpField.Apply(Images(), new WarpField(StillViews.Options, ImageShape.Mnist, 1).Draw(0, 6, CPU));
        Assert.Equal(0, (seen - Images()).abs().max().ToSingle(), 1e-5f);
    }

    [Fact]
    public void Apply_GradientOfTheSum_IsThatOfFiniteDifferences()
    {
        Tensor places = new WarpField(options, ImageShape.Mnist, 5).Draw(0, 6, CPU), weights = rand([6, 1, 28, 28],
            generator: new torch.Generator(1)),
            image = Images().requires_grad_();
        Tensor gradient = autograd.grad([(WarpField.Apply(image, places) * weights).sum()], [image])[0];
        // The map is linear in the image, so one pixel's difference quotient is exact at any size.
        Tensor moved = Images();
        moved[2, 0, 14, 13] += 1;
        Assert.Equal(((WarpField.Apply(moved, places) - WarpField.Apply(Images(), places)) * weights).sum().ToSingle(),
            gradient[2, 0, 14, 13].ToSingle(), 1e-4f);
    }

    [Fact]
    public void Draw_SameStep_GivesTheSameBitsAndOthersOtherwise()
    {
        var field = new WarpField(options, ImageShape.Mnist, 5);
        float[] first = field.Draw(4, 2, CPU).data<float>().ToArray();
        Assert.Equal(first, field.Draw(4, 2, CPU).data<float>().ToArray());
        Assert.NotEqual(first, field.Draw(5, 2, CPU).data<float>().ToArray());
    }

    static Tensor Images() => new GradientJob(digits, 0, CPU).Images(samples);
}
