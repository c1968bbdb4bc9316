using System.Globalization;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>
/// Detects failed training from running means: codes that no real image gets, or a discriminator that is always right, whose gradient no
/// longer helps the generator.
/// </summary>
static class CollapseWatch
{
    // The running mean of about 20 steps; measured runs keep within the limits from step 100 on (docs/models/infogan.md).
    const double Share = 0.05;
    const int Grace = 100;
    const double LostEntropy = 0.35, MostAccuracy = 0.98; // about three of ten codes unused; one image in 50 wrong

    /// <summary>Running means at the start: all codes used, a discriminator that is right three times in four.</summary>
    public static float[] Start(int clusterCount) => [(float)Math.Log(clusterCount), 0.75f];

    /// <summary>Takes in a step.</summary>
    /// <param name="trend">Running means, [2]; changed.</param>
    /// <param name="marginalEntropy">Entropy of the mean code of real images, nats.</param>
    /// <param name="accuracy">Accuracy of the discriminator, in [0..1].</param>
    public static void Follow(Tensor trend, Tensor marginalEntropy, Tensor accuracy)
    {
        using (no_grad())
        {
            trend.mul_(1 - Share).add_(stack([marginalEntropy, accuracy]), alpha: Share);
        }
    }

    /// <summary>What looks wrong after <paramref name="step"/>, as a line for a person, or null.</summary>
    public static string? Warning(Tensor trend, int clusterCount, int step)
    {
        float[] means = trend.cpu().data<float>().ToArray();
        return step < Grace ? null
            : means[0] < Math.Log(clusterCount) - LostEntropy
                ? string.Create(CultureInfo.InvariantCulture,
                $"codes collapse: the marginal entropy of the code on real images is {means[0]:f2} of {Math.Log(clusterCount):f2} nats, as "
                + $"if only {Math.Exp(means[0]):f1} of {clusterCount} codes were in use")
            : means[1] > MostAccuracy
                ? string.Create(CultureInfo.InvariantCulture,
                $"the discriminator wins: it tells {100 * means[1]:f1} % of images rightly, so the generator learns little; lower "
                + $"discriminatorRate")
            : null;
    }
}
