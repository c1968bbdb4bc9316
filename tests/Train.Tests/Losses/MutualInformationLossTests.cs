using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class MutualInformationLossTests
{
    [Fact]
    public void Compute_SureEvenAgreement_IsMinusLogOfTheClusters() =>
        Assert.Equal(-Math.Log(4), MutualInformationLoss.Compute(eye(4), eye(4)).ToSingle(), 1e-5);

    [Fact]
    public void Compute_OneClusterForAll_IsZero()
    {
        using Tensor same = cat([ones(6, 1), zeros(6, 2)], 1);
        Assert.Equal(0, MutualInformationLoss.Compute(same, same).ToSingle(), 1e-5);
    }

    [Fact]
    public void Compute_TwoImages_ByHand() // joint [[.4,.1],[.1,.4]]: 2 (.4 ln 1.6 + .1 ln .4)
    {
        using Tensor first = eye(2), second = tensor(new float[] { 0.8f, 0.2f, 0.2f, 0.8f }, [2, 2]);
        Assert.Equal(-2 * (0.4 * Math.Log(1.6) + 0.1 * Math.Log(0.4)), MutualInformationLoss.Compute(first, second).ToSingle(), 1e-6);
    }

    [Fact]
    public void Compute_RandomRows_EqualsTheSlowLoop()
    {
        const int n = 7, k = 3;
        manual_seed(4);
        using Tensor first = randn(n, k).softmax(1), second = randn(n, k).softmax(1);
        float[] a = first.data<float>().ToArray(), b = second.data<float>().ToArray();
        var joint = new double[k, k];
        for (int i = 0; i < n; i++)
        {
            for (int r = 0; r < k; r++)
            {
                for (int c = 0; c < k; c++)
                {
                    joint[r, c] += (a[i * k + r] * b[i * k + c] + a[i * k + c] * b[i * k + r]) / (2.0 * n);
                }
            }
        }
        double information = 0;
        for (int r = 0; r < k; r++)
        {
            for (int c = 0; c < k; c++)
            {
                double row = Enumerable.Range(0, k).Sum(j => joint[r, j]), column = Enumerable.Range(0, k).Sum(j => joint[j, c]);
                information += joint[r, c] * Math.Log(joint[r, c] / (row * column));
            }
        }
        Assert.Equal(-information, MutualInformationLoss.Compute(first, second).ToSingle(), 1e-6);
    }
}
