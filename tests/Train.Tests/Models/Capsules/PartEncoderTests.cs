using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class PartEncoderTests
{
    static readonly CapsulesOptions small = new()
    {
        PartCount = 2,
        FeatureSize = 3,
        FirstChannelCount = 4,
        ChannelCount = 5,
        ConvolutionCount = 3
    };

    [Fact]
    public void Call_Images_EqualsTheSlowAverageOverPlaces()
    {
        manual_seed(1);
        using var encoder = new PartEncoder(small);
        Dictionary<string, Tensor> weights = encoder.state_dict().ToDictionary();
        Tensor image = rand(1, 1, 28, 28), x = image;
        for (int i = 0; i < 3; i++)
        {
            x = nn.functional.relu(nn.functional.conv2d(x, weights[$"convolutions.{i}.weight"], weights[$"convolutions.{i}.bias"],
                strides: [i < 2 ? 2 : 1, i < 2 ? 2 : 1]));
        }
        x = nn.functional.conv2d(x + weights["placeBias"], weights["capsules.weight"], weights["capsules.bias"]); // [1,11*2,4,4]
        PartCapsules seen = encoder.call(image, null);
        for (int part = 0; part < 2; part++)
        {
            double[] attention = [.. Enumerable.Range(0, 16).Select(place => Math.Exp(At(10, part, place)))];
            float[] numbers =
                [.. Enumerable.Range(0, 10).Select(number =>
                (float)(Enumerable.Range(0, 16).Sum(place => attention[place] * At(number, part, place)) / attention.Sum()))];
            Tensor pose = AffinePose.FromNumbers([.. numbers[..6].Select(value => tensor(value))]).Stack();
            Assert.True(pose.allclose(seen.Pose[0, part], 1e-4, 1e-4));
            Assert.Equal(numbers[6..9], seen.Feature[0, part].contiguous().data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
            Assert.Equal(1 / (1 + Math.Exp(-numbers[9])), seen.Presence[0, part].ToSingle(), 1e-4);
        }

        double At(int number, int part, int place) => x[0, number * 2 + part, place / 4, place % 4].ToSingle();
    }

    [Fact]
    public void Call_WithNoise_ShiftsTheLogitOfPresenceAlone()
    {
        manual_seed(2);
        using var encoder = new PartEncoder(small);
        Tensor image = rand(3, 1, 28, 28);
        PartCapsules clean = encoder.call(image, null), noisy = encoder.call(image, full([3, 2], 1.5));
        Assert.True(noisy.Presence.logit().allclose(clean.Presence.logit() + 1.5, 1e-4, 1e-4));
        Assert.Equal(clean.Pose, noisy.Pose);
        Assert.Equal(clean.Presence, noisy.CleanPresence);
    }
}
