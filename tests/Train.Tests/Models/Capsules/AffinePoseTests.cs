using Toolchain.Train.Models.Capsules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class AffinePoseTests
{
    [Fact]
    public void FromNumbers_QuarterTurnWithShear_ByHand()
    {
        // Scales sigmoid(0) + .01 = .51 and sigmoid(ln 3) + .01 = .76, a quarter turn, shear tanh(.5), shifts tanh(1) and 0.
        Tensor[] numbers = [.. new[] { 0, MathF.Log(3), 0.25f, 0.1f, 0.2f, 0 }.Select(value => tensor(value))];
        double shear = Math.Tanh(0.5);
        Equal([shear * 0.76, -0.51, Math.Tanh(1), 0.76, 0, 0], AffinePose.FromNumbers(numbers).Stack());
    }

    [Fact]
    public void After_TwoMaps_IsTheProductOfTheirMatrices()
    {
        manual_seed(1);
        AffinePose outer = AffinePose.FromStack(randn(6)), inner = AffinePose.FromStack(randn(6));
        Tensor product = Matrix(outer).matmul(Matrix(inner)).narrow(0, 0, 2).flatten();
        Equal([.. product.data<float>().ToArray().Select(value => (double)value)], outer.After(inner).Stack());
    }

    [Fact]
    public void FromStack_Stack_GivesTheSame() => Equal([1, 2, 3, 4, 5, 6], AffinePose.FromStack(arange(1, 7, float32)).Stack());

    static Tensor Matrix(AffinePose pose) => cat([pose.Stack().view(2, 3), tensor(new float[] { 0, 0, 1 }, [1, 3])]);

    static void Equal(double[] expected, Tensor actual) =>
        Assert.All(expected.Zip(actual.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
}
