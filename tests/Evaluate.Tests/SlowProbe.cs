using Toolchain.Graph;

namespace Toolchain.Evaluate.Tests;

/// <summary>
/// Softmax regression by Adam in plain float64 loops, as Kingma and Ba 2015 write it: what the training graph is held to.
/// </summary>
sealed record SlowProbe(float[] Rows, int[] Digits, int[] Order, float[] Mean, float[] Scale, float[] Weight, float[] Bias, int Width,
    int Classes, int Batch)
{
    const float decay = 0.02f;

    // A rate of its own for each step.
    static float Rate(int step) => 0.05f / (1 + 0.01f * step);

    /// <summary>What training leaves: each part of the state by its name, and the loss of each batch before its step.</summary>
    public sealed record State(Dictionary<string, double[]> Parts, List<double> Losses);

    /// <summary>Rows whose digits can be told, with a random order of the batches.</summary>
    public static SlowProbe Draw(int rowCount, int width, int classes, int batch, int stepCount, int seed)
    {
        var random = new Random(seed);
        int[] digits = [.. Enumerable.Range(0, rowCount).Select(i => i % classes)];
        float[] rows =
            [.. Enumerable.Range(0, rowCount * width)
            .Select(i => (float)(random.NextDouble() * 2 + (i % width == digits[i / width] ? 1 : 0)))];
        // Not from zero: a bias whose gradient is zero but for rounding takes a whole step to one side or the other.
        float[] Start(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - .5f)];
        return new SlowProbe(rows, digits, [.. Enumerable.Range(0, stepCount * batch).Select(_ => random.Next(rowCount))],
            [.. Enumerable.Range(0, width).Select(i => i / 10f)], [.. Enumerable.Range(0, width).Select(i => 1 + i / 5f)],
                Start(classes * width), Start(classes), width, classes, batch);
    }

    public Dictionary<string, TensorData> Inputs(int from, int to) => new()
    {
        ["x"] = TensorData.Of(Rows, Digits.Length, Width),
        ["digits"] = TensorData.Of([.. Digits.Select(digit => (long)digit)], Digits.Length),
        ["order"] = TensorData.Of([.. Order[(from * Batch)..(to * Batch)].Select(row => (long)row)], to - from, Batch),
        ["mean"] = TensorData.Of(Mean, Width),
        ["scale"] = TensorData.Of(Scale, Width),
        ["learning_rate"] = TensorData.Of([.. Enumerable.Range(from, to - from).Select(Rate)], to - from),
        ["decay"] = TensorData.Scalar(decay, ElementType.Float32),
        ["step"] = TensorData.Scalar(from, ElementType.Int64),
        ["weight"] = TensorData.Of(Weight, Classes, Width),
        ["bias"] = TensorData.Of(Bias, Classes),
        ["weight.exp_avg"] = TensorData.Of(new float[Classes * Width], Classes, Width),
        ["weight.exp_avg_sq"] = TensorData.Of(new float[Classes * Width], Classes, Width),
        ["bias.exp_avg"] = TensorData.Of(new float[Classes], Classes),
        ["bias.exp_avg_sq"] = TensorData.Of(new float[Classes], Classes),
    };

    public State Train(int steps)
    {
        var state = new State(new()
        {
            ["weight"] = [.. Weight],
            ["bias"] = [.. Bias],
            ["weight.exp_avg"] = new double[Classes * Width],
            ["weight.exp_avg_sq"] = new double[Classes * Width],
            ["bias.exp_avg"] = new double[Classes],
            ["bias.exp_avg_sq"] = new double[Classes],
        }, []);
        for (int t = 1; t <= steps; t++)
        {
            (double[] weight, double[] bias) = ([.. state.Parts["weight"].Select(value => decay * value)], new double[Classes]);
            double loss = decay / 2.0 * state.Parts["weight"].Sum(value => value * value);
            foreach (int row in Order[((t - 1) * Batch)..(t * Batch)])
            {
                double[] x = [.. Enumerable.Range(0, Width).Select(i => (Rows[row * Width + i] - (double)Mean[i]) * Scale[i])];
                double[] logits =
                    [.. Enumerable.Range(0, Classes).Select(k =>
                    state.Parts["bias"][k] + Enumerable.Range(0, Width).Sum(i => state.Parts["weight"][k * Width + i] * x[i]))];
                double total = logits.Sum(Math.Exp);
                loss -= Math.Log(Math.Exp(logits[Digits[row]]) / total) / Batch;
                for (int k = 0; k < Classes; k++)
                {
                    double error = (Math.Exp(logits[k]) / total - (k == Digits[row] ? 1 : 0)) / Batch;
                    bias[k] += error;
                    for (int i = 0; i < Width; i++)
                    {
                        weight[k * Width + i] += error * x[i];
                    }
                }
            }
            Step(state.Parts, "weight", weight, Rate(t - 1), t);
            Step(state.Parts, "bias", bias, Rate(t - 1), t);
            state.Losses.Add(loss);
        }
        return state;
    }

    static void Step(Dictionary<string, double[]> parts, string name, double[] gradient, double learningRate, int t)
    {
        (double[] parameter, double[] m, double[] v) = (parts[name], parts[$"{name}.exp_avg"], parts[$"{name}.exp_avg_sq"]);
        for (int i = 0; i < gradient.Length; i++)
        {
            m[i] = 0.9 * m[i] + 0.1 * gradient[i];
            v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
            parameter[i] -= learningRate * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
        }
    }
}
