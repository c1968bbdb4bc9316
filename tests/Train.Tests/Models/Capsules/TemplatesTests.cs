using Toolchain.Train.Models.Capsules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class TemplatesTests
{
    static readonly CapsulesOptions small = new() { PartCount = 5, TemplateSide = 4, FeatureSize = 3 };

    [Fact]
    public void Call_Features_IsASigmoidOfTwoLayersWithoutAnotherBetween()
    {
        manual_seed(1);
        using var templates = new Templates(small);
        Dictionary<string, Tensor> w = templates.state_dict().ToDictionary();
        Tensor feature = randn(2, 5, 3);
        Tensor expected = sigmoid((feature.matmul(w["hidden.weight"].t()) + w["hidden.bias"]).clamp_min(0).matmul(w["colour.weight"].t())
            + w["colour.bias"]).squeeze(-1);
        Assert.True(expected.allclose(templates.call(feature), 1e-4, 1e-5));
        Assert.True(expected.lt(0.5).any().item<bool>()); // a ReLU before the sigmoid would make all colours bright
    }

    // Rescaled to [0,1] all by one map, the rows of an orthogonal matrix differ by vectors of equal length.
    [Fact]
    public void Ink_AtTheStart_HasTemplatesEquallyFarApart()
    {
        manual_seed(2);
        using var templates = new Templates(small);
        Tensor rows = templates.Ink.logit().flatten(1); // [P,T*T]
        Assert.Equal((0f, 1f), (MathF.Round(rows.min().item<float>(), 4), MathF.Round(rows.max().item<float>(), 4)));
        float[] distances = [.. Enumerable.Range(1, 4).Select(other => (rows[0] - rows[other]).norm().item<float>())];
        Assert.All(distances, distance => Assert.Equal(distances[0], distance, 1e-3f));
    }

    [Fact]
    public void Mixture_OfParts_HasAPlainBackgroundInTheMiddle()
    {
        using var templates = new Templates(small);
        Assert.Equal((0.5f, MathF.Log(2)), (templates.Background.item<float>(), templates.BackgroundMixing.item<float>()));
    }
}
