using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class GroupContrastLossTests
{
    /// <summary>
    /// Three queries, each equal to the key of its own image and at right angles to the others'; T = 1, so every row's weights are e, 1, 1.
    /// </summary>
    [Fact]
    public void Compute_TwoOfThreeInAGroup_ByHand()
    {
        Tensor rows = eye(3), group = tensor(new long[] { 7, -2, 7 });
        double all = Math.Log(Math.E + 2);
        // In the group of two one key has e, the other 1: the mean of all - 1 and all. The one alone: all - 1.
        Assert.Equal(((all - 0.5) * 2 + all - 1) / 3, GroupContrastLoss.Compute(rows, rows, group, 1).ToSingle(), 1e-6);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Compute_EachImageAGroup_IsInfoNceAmongTheBatch(double temperature)
    {
        manual_seed(1);
        Tensor query = UnitRows(), key = UnitRows();
        Assert.Equal(InfoNceLoss.Compute(query, key, zeros(0, 4), temperature, batchNegatives: true).ToSingle(),
            GroupContrastLoss.Compute(query, key, arange(6), temperature).ToSingle(), 1e-5);
    }

    [Fact]
    public void Compute_RandomRows_EqualsTheSlowLoop()
    {
        manual_seed(2);
        Tensor query = UnitRows(), key = UnitRows();
        long[] group = [0, 1, 0, -4, 0, 1];
        double expected = 0;
        for (int i = 0; i < 6; i++)
        {
            double[] weights = [.. Enumerable.Range(0, 6).Select(j => Math.Exp(query[i].dot(key[j]).ToDouble() / 0.3))];
            expected -= Enumerable.Range(0, 6).Where(j => group[j] == group[i]).Average(j => Math.Log(weights[j] / weights.Sum())) / 6;
        }
        Assert.Equal(expected, GroupContrastLoss.Compute(query, key, tensor(group), 0.3).ToSingle(), 1e-5);
    }

    static Tensor UnitRows() => nn.functional.normalize(randn(6, 4), dim: 1);
}
