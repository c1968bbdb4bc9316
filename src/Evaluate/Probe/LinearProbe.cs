using Microsoft.ML.OnnxRuntime;
using Toolchain.Clustering;
using Toolchain.Data;

namespace Toolchain.Evaluate.Probe;

/// <summary>
/// A linear classifier on frozen embeddings, trained with the training labels: how much of the digits a straight cut can read from them. Columns are
/// standardised by the training rows; the classifier is trained by Adam on plain ONNX Runtime.
/// </summary>
public static class LinearProbe
{
    const int classes = 10, batchSize = 500, steps = 1200;
    const double learningRate = 0.01;

    /// <summary>Share of test rows that the classifier names rightly, in [0..1]. Uses the training labels.</summary>
    /// <param name="train">Embeddings [N,D].</param>
    /// <param name="trainDigits">Their digits.</param>
    /// <param name="test">Embeddings [M,D].</param>
    /// <param name="testDigits">Their digits.</param>
    /// <param name="seed">Seed of the order of rows; the start is zero.</param>
    public static double Accuracy(Rows train, ReadOnlySpan<int> trainDigits, Rows test, ReadOnlySpan<int> testDigits, int seed = 0)
    {
        int[] given = Fit(train, trainDigits, seed).Assign(test);
        int right = 0;
        for (int i = 0; i < given.Length; i++)
        {
            right += given[i] == testDigits[i] ? 1 : 0;
        }
        return (double)right / test.Count;
    }

    /// <summary>Trains the classifier. Uses the training labels.</summary>
    /// <param name="train">Embeddings [N,D].</param>
    /// <param name="digits">Their digits.</param>
    /// <param name="seed">Seed of the order of rows; the start is zero.</param>
    public static LinearClassifier Fit(Rows train, ReadOnlySpan<int> digits, int seed = 0)
    {
        (float[] mean, float[] scale) = Standardization(train);
        (float[] weight, float[] bias) = Fit(train, digits, mean, scale, seed);
        // weight (x - mean) scale + bias, of x itself.
        var (folded, shifted) = (new double[classes, train.Width], Array.ConvertAll(bias, value => (double)value));
        for (int digit = 0; digit < classes; digit++)
        {
            for (int column = 0; column < train.Width; column++)
            {
                folded[digit, column] = (double)weight[digit * train.Width + column] * scale[column];
                shifted[digit] -= folded[digit, column] * mean[column];
            }
        }
        return new LinearClassifier(folded, shifted);
    }

    /// <summary>The training step as a model of its own, for any ONNX runtime: see <see cref="LinearClassifier"/> for what it learns of standardised rows.</summary>
    /// <param name="width">Columns of the rows (D).</param>
    public static Graph.OnnxModel Step(int width) => AdamStepGraph.Build(width, classes, learningRate);

    static (float[] Weight, float[] Bias) Fit(Rows train, ReadOnlySpan<int> digits, float[] mean, float[] scale, int seed)
    {
        int size = Math.Min(batchSize, train.Count), width = train.Width;
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(AdamStepGraph.Build(width, classes, learningRate).ToBytes(), options);
        using var step = new ProbeStep(session, size, width, classes);
        // Ten passes over MNIST; fewer images are passed over more often.
        for (int epoch = 0, done = 0; done < steps; epoch++)
        {
            int[] order = new RandomStream((ulong)seed, "linear probe", epoch).NextPermutation(train.Count);
            for (int start = 0; start + size <= order.Length && done < steps; start += size, done++)
            {
                step.Target.AsSpan().Clear();
                for (int i = 0; i < size; i++)
                {
                    int row = order[start + i];
                    Standardize(train[row], mean, scale, step.Rows.AsSpan(i * width, width));
                    step.Target[i * classes + digits[row]] = 1;
                }
                step.Run();
            }
        }
        return (step["weight"], step["bias"]);
    }

    static (float[] Mean, float[] Scale) Standardization(Rows rows)
    {
        var sum = new double[rows.Width];
        var squares = new double[rows.Width];
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> values = rows[row];
            for (int i = 0; i < values.Length; i++)
            {
                sum[i] += values[i];
                squares[i] += (double)values[i] * values[i];
            }
        }
        float[] mean = [.. sum.Select(value => (float)(value / rows.Count))];
        // A constant column stays 0.
        float[] scale = [.. squares.Select((value, i) => (float)(1 / Math.Sqrt(Math.Max(value / rows.Count - (double)mean[i] * mean[i], 1e-6))))];
        return (mean, scale);
    }

    static void Standardize(ReadOnlySpan<float> row, float[] mean, float[] scale, Span<float> target)
    {
        for (int i = 0; i < row.Length; i++)
        {
            target[i] = (row[i] - mean[i]) * scale[i];
        }
    }
}
