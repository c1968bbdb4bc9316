using Toolchain.Data.Seeds;
using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class InfoNceLossTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.07)]
    public void Compute_OneQueryOneNegative_ByHand(double temperature) // q.k+ = 1, q.k- = 0: -log(e^(1/T) / (e^(1/T) + 1))
    {
        Tensor loss = InfoNceLoss.Compute(Row(1, 0), Row(1, 0), Row(0, 1), temperature);
        Assert.Equal(Math.Log(1 + Math.Exp(-1 / temperature)), loss.ToSingle(), 1e-6);
    }

    [Fact]
    public void Compute_KeyEqualToEveryNegative_IsLogOfTheirNumber() =>
        Assert.Equal(Math.Log(4), InfoNceLoss.Compute(Row(1, 0), Row(0, 1), cat([Row(0, 1), Row(0, 1), Row(0, -1) * -1]), 0.2).ToSingle(),
        1e-6);

    [Fact]
    public void Compute_RandomRows_EqualsTheSlowLoop()
    {
        const int n = 5, d = 3, q = 7;
        const double temperature = 0.2;
        (float[] query, float[] key, float[] queue) = (UnitRows(n, d, 1), UnitRows(n, d, 2), UnitRows(q, d, 3));
        double expected = 0;
        for (int i = 0; i < n; i++)
        {
            double positive = Math.Exp(Dot(query, i, key, i) / temperature), sum = positive;
            for (int j = 0; j < q; j++)
            {
                sum += Math.Exp(Dot(query, i, queue, j) / temperature);
            }
            expected -= Math.Log(positive / sum) / n;
        }
        Assert.Equal(expected, InfoNceLoss.Compute(tensor(query, [n, d]), tensor(key, [n, d]), tensor(queue, [q, d]), temperature)
            .ToSingle(), 1e-6);

        double Dot(float[] a, int row, float[] b, int other) => Enumerable.Range(0, d).Sum(k => (double)a[row * d + k] * b[other * d + k]);
    }

    static Tensor Row(float x, float y) => tensor([x, y], [1, 2]);

    static float[] UnitRows(int rows, int width, int sample)
    {
        var random = new RandomStream(5, "rows", sample: sample);
        var values = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            Span<float> one = values.AsSpan(row * width, width);
            float length = 0;
            for (int i = 0; i < width; i++)
            {
                one[i] = (float)random.NextNormal();
                length += one[i] * one[i];
            }
            for (int i = 0; i < width; i++)
            {
                one[i] /= MathF.Sqrt(length);
            }
        }
        return values;
    }
}
