using Toolchain.Train.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Layers;

public sealed class TensorFlowRmsPropTests
{
    // s: 1 -> .9 + .1 * 4 = 1.3 -> 1.17 + .1 * 9 = 2.07; m: .1 * 2 / sqrt(1.3 + .5) -> .9 of it + .1 * 3 / sqrt(2.07 + .5).
    [Fact]
    public void Step_TwoSteps_ByHand()
    {
        using Parameter weight = nn.Parameter(tensor(1f));
        using var optimizer = new TensorFlowRmsProp([weight], 0.1, epsilon: 0.5);
        double first = 0.2 / Math.Sqrt(1.8), second = 0.9 * first + 0.3 / Math.Sqrt(2.57);
        foreach ((float gradient, double expected) in new[] { (2f, 1 - first), (3f, 1 - first - second) })
        {
            optimizer.zero_grad();
            (weight * gradient).backward();
            optimizer.step();
            Assert.Equal(expected, weight.item<float>(), 1e-6);
        }
    }

    [Fact]
    public void Step_SeveralParameters_EachAsIfAlone()
    {
        using Parameter vector = nn.Parameter(tensor([1f, 2])), matrix = nn.Parameter(tensor(new float[,] { { 3, 4 }, { 5, 6 } })),
            alone = nn.Parameter(tensor(new float[,] { { 3, 4 }, { 5, 6 } }));
        using TensorFlowRmsProp both = new([vector, matrix], 0.1, 0.5), one = new([alone], 0.1, 0.5);
        for (int step = 0; step < 3; step++)
        {
            both.zero_grad();
            one.zero_grad();
            (vector.sum() * 7 + matrix.square().sum()).backward();
            alone.square().sum().backward();
            both.step();
            one.step();
        }
        Assert.Equal(alone.data<float>(), matrix.data<float>());
        Assert.NotEqual(6, matrix[1, 1].item<float>());
        Assert.Equal(vector[0].item<float>() + 1, vector[1].item<float>(), 1e-6);
    }

    [Fact]
    public void LoadStateDict_OfAnother_GoesOnAlike()
    {
        using Parameter a = nn.Parameter(tensor(1f)), b = nn.Parameter(tensor(1f));
        using TensorFlowRmsProp one = new([a], 0.1, 0.5), other = new([b], 0.1, 0.5);
        Step(a, one, 2);
        using var bytes = new MemoryStream();
        one.save_state_dict(new BinaryWriter(bytes));
        bytes.Position = 0;
        other.load_state_dict(new BinaryReader(bytes));
        using (no_grad())
        {
            b.copy_(a);
        }
        Step(a, one, 3);
        Step(b, other, 3);
        Assert.Equal(a.item<float>(), b.item<float>());

        static void Step(Parameter weight, TensorFlowRmsProp optimizer, float gradient)
        {
            optimizer.zero_grad();
            (weight * gradient).backward();
            optimizer.step();
        }
    }
}
