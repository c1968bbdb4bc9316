using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

/// <summary>The fused likelihood against the straightforward one under libtorch's own gradients.</summary>
public sealed class FusedImageLikelihoodTests
{
    const int images = 18; // two tasks, the second one not full

    [Theory]
    [InlineData(28, 11, 5, 0.4, 1)]
    [InlineData(40, 11, 3, 1.0, 2)]
    [InlineData(30, 4, 7, 0.2, 3)]
    [InlineData(28, 2, 1, 0.6, 4)]
    public void LogLikelihood_RandomMixtures_EqualsTheStraightforwardOneWithItsGradients(int side, int template, int parts,
        double deviation, int seed)
    {
        var options = new CapsulesOptions { CanvasSide = side, TemplateSide = template, PartCount = parts, PixelDeviation = deviation };
        Tensor[] leaves = Leaves(template, parts, seed);
        Tensor canvas = rand(images, 1, side, side);
        Tensor fused = new FusedImageLikelihood(options, threads: 2).LogLikelihood(canvas, Mixture(leaves)),
            straight = Mixture(leaves).LogLikelihood(canvas, deviation);
        Assert.InRange(fused.ToSingle(), straight.ToSingle() - 1e-3, straight.ToSingle() + 1e-3);
        Assert.All(Gradients(fused, leaves).Zip(Gradients(straight, leaves)), both =>
        {
            float scale = Math.Max(1, both.Second.Max(MathF.Abs));
            Assert.All(both.First.Zip(both.Second), pair => Assert.Equal(pair.Second / scale, pair.First / scale, 1e-4f));
        });
    }

    [Fact]
    public void LogLikelihood_AnyThreadCount_GivesTheSameBits()
    {
        var options = new CapsulesOptions { PartCount = 4 };
        Tensor[] leaves = Leaves(11, 4, 5);
        Tensor canvas = rand(images, 1, 28, 28);
        float[][][] runs =
            [.. new[] { 1, 3 }.Select(threads =>
            Gradients(new FusedImageLikelihood(options, threads).LogLikelihood(canvas, Mixture(leaves)), leaves))];
        Assert.All(runs[0].Zip(runs[1]), both => Assert.Equal(both.First, both.Second));
    }

    // Raw pose, presence logit, colour, ink, opacity, background, mixing.
    static Tensor[] Leaves(int template, int parts, int seed)
    {
        manual_seed(seed);
        return [.. new[]
        {
            randn(images, parts, 6) * 0.7, randn(images, parts), rand(images, parts), rand(parts, template, template),
            randn(parts, template, template), rand([]) * 0.5, rand([]),
        }.Select(value => value.detach().requires_grad_())];
    }

    static ImageMixture Mixture(Tensor[] leaves) => new(
        AffinePose.FromNumbers(leaves[0].unbind(-1)).Stack(), sigmoid(leaves[1]), leaves[2], leaves[3], leaves[4], leaves[5], leaves[6]);

    static float[][] Gradients(Tensor value, Tensor[] leaves) =>
        [.. autograd.grad([value], leaves).Select(gradient => gradient.contiguous().data<float>().ToArray())];
}
