using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

/// <summary>What a net in bfloat16 owes the same net in float32.</summary>
static class PrecisionCheck
{
    /// <summary>
    /// While training nearly the same numbers, of about 1, since a factor is rounded by up to 1 in 256; in evaluation the same.
    /// </summary>
    public static void IsNearlyTheSameInTrainingAndTheSameInEvaluation<TModule>(TModule exact, TModule rounded, Func<TModule, Tensor> run)
        where TModule : nn.Module
    {
        rounded.load_state_dict(exact.state_dict());
        float[] Numbers(TModule model) => run(model).data<float>().ToArray();
        float[] expected = Numbers(exact), found = Numbers(rounded);
        Assert.NotEqual(expected, found);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
        exact.eval();
        rounded.eval();
        Assert.Equal(Numbers(exact), Numbers(rounded));
    }
}
