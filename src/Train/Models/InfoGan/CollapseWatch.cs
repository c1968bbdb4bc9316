using System.Globalization;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>
/// Tells while it happens that training has gone wrong: codes that no real image gets, or a discriminator that is always right and so has
/// nothing left to teach. Looks at running means, since a single batch says little.
/// </summary>
static class CollapseWatch
{
    // The running mean of about 20 steps; measured runs keep within the limits from step 100 on (docs/models/infogan.md).
    const double share = 0.05;
    const int grace = 100;
    const double lostEntropy = 0.35, sureAccuracy = 0.98; // about three of ten codes unused; one judgement in 50 wrong

    /// <summary>Running means at the start: all codes used, a discriminator that is right three times in four.</summary>
    public static float[] Start(int clusterCount) => [(float)Math.Log(clusterCount), 0.75f];

    /// <summary>Takes in a step.</summary>
    /// <param name="trend">Running means, [2]; changed.</param>
    /// <param name="marginalEntropy">Entropy of the mean code of real images, nats.</param>
    /// <param name="accuracy">Share of images that the discriminator tells rightly.</param>
    public static void Follow(Tensor trend, Tensor marginalEntropy, Tensor accuracy)
    {
        using (no_grad())
        {
            trend.mul_(1 - share).add_(stack([marginalEntropy, accuracy]), alpha: share);
        }
    }

    /// <summary>What looks wrong after <paramref name="step"/>, as a line for a person, or null.</summary>
    public static string? Warning(Tensor trend, int clusterCount, int step)
    {
        float[] means = trend.cpu().data<float>().ToArray();
        return step < grace ? null
            : means[0] < Math.Log(clusterCount) - lostEntropy
                ? string.Create(CultureInfo.InvariantCulture,
                $"codes collapse: the marginal entropy of the code on real images is {means[0]:f2} of {Math.Log(clusterCount):f2} nats, as "
                + $"if only {Math.Exp(means[0]):f1} of {clusterCount} codes were in use")
            : means[1] > sureAccuracy
                ? string.Create(CultureInfo.InvariantCulture,
                $"the discriminator wins: it tells {100 * means[1]:f1} % of images rightly, so the generator learns little; lower "
                + $"discriminatorRate")
            : null;
    }
}
