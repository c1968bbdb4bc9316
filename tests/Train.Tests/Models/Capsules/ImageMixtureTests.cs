using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class ImageMixtureTests
{
    static readonly float[] identity = [1, 0, 0, 0, 1, 0];

    // One part of presence .5 and opacity logit ln 4 has weight 2, the background exp(0) = 1: a share of 2/3 at .8 * .5 = .4 and 1/3 at .1.
    [Fact]
    public void LogLikelihood_OnePartOnOnePixel_ByHand()
    {
        double expected = Math.Log(2 / 3.0 * Normal(0.3, 0.4, 0.5) + 1 / 3.0 * Normal(0.3, 0.1, 0.5));
        Assert.Equal(4 * expected, OnePart().LogLikelihood(full([1, 1, 2, 2], 0.3), 0.5).ToSingle(), 1e-5);
        (Tensor value, Tensor logit) = OnePart().Components(2);
        Assert.Equal(0.3, (value * logit.softmax(1)).sum(1)[0, 0, 0].ToSingle(), 1e-6); // 2/3 * .4 + 1/3 * .1
    }

    [Fact]
    public void LogLikelihood_OverAllValuesOfAPixel_IntegratesToOne()
    {
        ImageMixture mixture = OnePart();
        double integral = 0;
        for (double y = -4; y < 5; y += 0.05)
        {
            integral += 0.05 * Math.Exp(mixture.LogLikelihood(full([1, 1, 2, 2], y), 0.5).ToSingle() / 4); // four equal pixels
        }
        Assert.Equal(1, integral, 1e-4);
    }

    [Fact]
    public void LogLikelihood_ThreeRandomParts_EqualsTheSumOverComponents()
    {
        const int parts = 3, side = 6;
        manual_seed(2);
        var mixture = new ImageMixture(
            AffinePose.FromNumbers(randn(1, parts, 6).unbind(-1)).Stack(), rand(1, parts), rand(1, parts), rand(parts, 4, 4),
            randn(parts, 4, 4), tensor(0.2f), tensor(0.7f));
        Tensor canvas = rand(1, 1, side, side);
        (Tensor ink, Tensor opacity) = TemplateWarp.Draw(mixture.Ink, mixture.Opacity, mixture.Pose, side);
        double sum = 0;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                double pixel = canvas[0, 0, y, x].ToSingle(), above = Math.Exp(0.7) * Normal(pixel, 0.2, 0.3), below = Math.Exp(0.7);
                for (int part = 0; part < parts; part++)
                {
                    double weight = mixture.Presence[0, part].ToSingle() * Math.Exp(opacity[0, part, y, x].ToSingle());
                    above += weight * Normal(pixel, mixture.Colour[0, part].ToSingle() * ink[0, part, y, x].ToSingle(), 0.3);
                    below += weight;
                }
                sum += Math.Log(above / below);
            }
        }
        Assert.Equal(sum, mixture.LogLikelihood(canvas, 0.3).ToSingle(), 1e-3);
    }

    static ImageMixture OnePart() => new(
        tensor(identity, [1, 1, 6]), full([1, 1], 0.5), full([1, 1], 0.5), full([1, 2, 2], 0.8), full([1, 2, 2], Math.Log(4)), tensor(0.1f),
        tensor(0f));

    static double Normal(double x, double mean, double deviation) =>
        Math.Exp(-(x - mean) * (x - mean) / (2 * deviation * deviation)) / (deviation * Math.Sqrt(2 * Math.PI));
}
