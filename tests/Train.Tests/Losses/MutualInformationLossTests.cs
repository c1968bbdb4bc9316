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
    public void OfJoint_EvennessOfTwo_ByHand() // marginals .7 and .3, whose entropies count twice
    {
        using Tensor joint = tensor(new float[] { 0.6f, 0.1f, 0.1f, 0.2f }, [2, 2]);
        double expected = 0.6 * Math.Log(0.6) + 0.2 * Math.Log(0.1) + 0.2 * Math.Log(0.2) - 4 * (0.7 * Math.Log(0.7) + 0.3 * Math.Log(0.3));
        Assert.Equal(-expected, MutualInformationLoss.OfJoint(joint, 2).ToSingle(), 1e-6);
    }

    [Fact]
    public void Compute_WithMemory_ByHand() // .5 of an even joint and .5 of [[.4,.1],[.1,.4]]: [[.325,.175],[.175,.325]]
    {
        using Tensor first = eye(2), second = tensor(new float[] { 0.8f, 0.2f, 0.2f, 0.8f }, [2, 2]),
            running = full([2, 2], 0.25, ScalarType.Float32);
        double expected = -2 * (0.325 * Math.Log(0.325 / 0.25) + 0.175 * Math.Log(0.175 / 0.25));
        Assert.Equal(expected, MutualInformationLoss.Compute(first, second, running, 0.5).ToSingle(), 1e-6);
        Assert.All(running.data<float>().ToArray().Zip([0.325f, 0.175f, 0.175f, 0.325f]), pair =>
            Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Fact]
    public void Compute_NoMemory_IsTheOtherOverload()
    {
        manual_seed(5);
        using Tensor first = randn(7, 3).softmax(1).requires_grad_(), second = randn(7, 3).softmax(1),
            running = full([3, 3], 1.0 / 9, ScalarType.Float32);
        Tensor with = MutualInformationLoss.Compute(first, second, running, 0), without = MutualInformationLoss.Compute(first, second);
        Assert.Equal(without.ToSingle(), with.ToSingle(), 1e-6);
        Assert.Equal(0, (autograd.grad([with], [first])[0] - autograd.grad([without], [first])[0]).abs().max().ToSingle(), 1e-6);
    }

    /// <summary>
    /// The gradient is that of all earlier batches being this one: at a running joint that this batch has too, the same as without memory.
    /// </summary>
    [Fact]
    public void Compute_RunningJointOfThisBatch_HasTheBatchsGradient()
    {
        manual_seed(6);
        using Tensor first = randn(7, 3).softmax(1).requires_grad_(), second = randn(7, 3).softmax(1),
            running = MutualInformationLoss.Joint(first, second).detach().clone();
        Tensor with = MutualInformationLoss.Compute(first, second, running, 0.9), without = MutualInformationLoss.Compute(first, second);
        Assert.Equal(0, (autograd.grad([with], [first])[0] - autograd.grad([without], [first])[0]).abs().max().ToSingle(), 1e-6);
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
