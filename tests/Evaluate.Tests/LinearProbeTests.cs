using Toolchain.Clustering;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;

namespace Toolchain.Evaluate.Tests;

public sealed class LinearProbeTests
{
    [Fact]
    public void AdamStep_EqualsThePlainLoops()
    {
        const int n = 7, width = 5, classes = 3;
        var random = new Random(4);
        float[] x = Draw(n * width), weight = Draw(classes * width), bias = Draw(classes);
        int[] digits = [.. Enumerable.Range(0, n).Select(_ => random.Next(classes))];
        float[] target = new float[n * classes];
        for (int i = 0; i < n; i++)
        {
            target[i * classes + digits[i]] = 1;
        }
        OnnxModel model = AdamStepGraph.Build(width, classes, 0.05);
        GraphChecker.Check(model);
        (float c1, float c2) = AdamStepGraph.Corrections(1);
        var inputs = new Dictionary<string, TensorData>
        {
            ["x"] = TensorData.Of(x, n, width),
            ["target"] = TensorData.Of(target, n, classes),
            ["correction1"] = TensorData.Of([c1], 1),
            ["correction2"] = TensorData.Of([c2], 1),
            ["weight"] = TensorData.Of(weight, classes, width),
            ["bias"] = TensorData.Of(bias, classes),
            ["weight_m"] = TensorData.Of(new float[classes * width], classes, width),
            ["weight_v"] = TensorData.Of(new float[classes * width], classes, width),
            ["bias_m"] = TensorData.Of(new float[classes], classes),
            ["bias_v"] = TensorData.Of(new float[classes], classes),
        };
        double[] found = OnnxRuntimeCheck.Run(model.ToBytes(), inputs)["next_weight"].ToDoubles();
        for (int k = 0; k < classes; k++)
        {
            for (int d = 0; d < width; d++)
            {
                // The first step of Adam is learning rate * g / (|g| + epsilon): the corrections cancel the decays.
                double gradient = Enumerable.Range(0, n).Sum(i => (Probability(i, k) - target[i * classes + k]) * x[i * width + d]) / n;
                Assert.Equal(weight[k * width + d] - 0.05 * gradient / (Math.Abs(gradient) + 1e-8), found[k * width + d], 1e-5);
            }
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];

        double Probability(int i, int k) => Math.Exp(Logit(i, k)) / Enumerable.Range(0, classes).Sum(other => Math.Exp(Logit(i, other)));

        double Logit(int i, int k) => bias[k] + Enumerable.Range(0, width).Sum(d => (double)x[i * width + d] * weight[k * width + d]);
    }

    [Fact]
    public void Accuracy_SeparableRows_IsOne_AndChanceWithoutThem()
    {
        var random = new Random(8);
        (Rows train, int[] trainDigits) = Clouds(3000, 6);
        (Rows test, int[] testDigits) = Clouds(500, 6);
        Assert.True(LinearProbe.Accuracy(train, trainDigits, test, testDigits) > 0.99);
        (Rows noise, int[] noiseDigits) = Clouds(3000, 0);
        (Rows other, int[] otherDigits) = Clouds(500, 0);
        Assert.InRange(LinearProbe.Accuracy(noise, noiseDigits, other, otherDigits), 0.03, 0.2);

        (Rows, int[]) Clouds(int count, double distance)
        {
            int[] digits = [.. Enumerable.Range(0, count).Select(i => i % 10)];
            float[] values = [.. digits.SelectMany(digit => Enumerable.Range(0, 12).Select(column => (float)((column == digit ? distance : 0) + random.NextDouble() * 2 - 1)))];
            return (new Rows(values, 12), digits);
        }
    }
}
