using Toolchain.Train.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Layers;

public sealed class FusedAdamTests
{
    // One more than a chunk, so that a second chunk and a rest beside whole vectors occur.
    static readonly long[][] shapes = [[3, 5], [1], [257, 257]];

    [Fact]
    public void Step_First_MovesEachWeightByTheRate() // m/(1-b1) is g and v/(1-b2) is g^2, so g / |g|
    {
        using Parameter weight = new(tensor([1f, 2f, 3f]));
        using var adam = new FusedAdam([weight], 0.1, 0.5);
        adam.Step([tensor([4f, -0.5f, 1f])]);
        Assert.All(weight.data<float>().ToArray().Zip([0.9f, 2.1f, 2.9f]), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Fact]
    public void Step_Ten_EqualTorchSharpsAdam()
    {
        Parameter[] ours = Weights(), theirs = Weights();
        using var fused = new FusedAdam(ours, 0.01, 0.5, threads: 2);
        using var plain = optim.Adam(theirs, 0.01, 0.5, 0.999);
        for (int step = 0; step < 10; step++)
        {
            fused.Step(Gradients(step));
            Tensor loss = theirs.Zip(Gradients(step), (weight, gradient) => (weight * gradient).sum()).Aggregate((a, b) => a + b);
            plain.zero_grad();
            loss.backward();
            plain.step();
        }
        Assert.All(ours.Zip(theirs), pair => Assert.Equal(0, (pair.First - pair.Second).abs().max().ToSingle(), 1e-5f));
    }

    [Fact]
    public void Step_AnyThreads_GivesTheSameBits()
    {
        float[][] Run(int threads)
        {
            Parameter[] weights = Weights();
            using var adam = new FusedAdam(weights, 0.01, 0.9, threads);
            adam.Step(Gradients(0));
            adam.Step(Gradients(1));
            return [.. weights.Select(weight => weight.data<float>().ToArray())];
        }
        Assert.Equal(Run(1), Run(3));
    }

    [Fact]
    public void SaveAndLoad_GoesOnWithTheSameBits()
    {
        Parameter[] straight = Weights(), resumed = Weights();
        using FusedAdam first = new(straight, 0.01, 0.5), second = new(resumed, 0.01, 0.5);
        first.Step(Gradients(0));
        using var bytes = new MemoryStream();
        first.save_state_dict(new BinaryWriter(bytes));
        bytes.Position = 0;
        second.load_state_dict(new BinaryReader(bytes));
        using (no_grad())
        {
            foreach ((Parameter from, Parameter to) in straight.Zip(resumed))
            {
                to.copy_(from);
            }
        }
        first.Step(Gradients(1));
        second.Step(Gradients(1));
        Assert.All(straight.Zip(resumed), pair => Assert.Equal(pair.First.data<float>().ToArray(), pair.Second.data<float>().ToArray()));
    }

    [Fact]
    public void Step_GradientMissing_SaysSo()
    {
        using var adam = new FusedAdam(Weights(), 0.01, 0.5);
        Assert.Equal("'gradients' must be one for each of 3 parameters, were 1. (Parameter 'gradients')",
            Assert.Throws<ArgumentException>(() => adam.Step([zeros(3, 5)])).Message);
    }

    static Parameter[] Weights() => [.. shapes.Select((shape, i) => new Parameter(randn(shape, generator: new Generator((ulong)i))))];

    static Tensor[] Gradients(int step) =>
        [.. shapes.Select((shape, i) => randn(shape, generator: new Generator((ulong)(100 + 10 * step + i))))];
}
