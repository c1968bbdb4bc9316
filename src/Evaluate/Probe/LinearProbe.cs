using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Clustering;
using Toolchain.Data.Seeds;
using Toolchain.Evaluate.Metrics;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Training;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Probe;

/// <summary>
/// A linear classifier on frozen embeddings, trained with the training labels: how much of the classes a straight cut can read from them.
/// Columns are standardised by the training rows; the classifier is trained by Adam in one run of one graph on plain ONNX Runtime.
/// </summary>
public static class LinearProbe
{
    const int BatchSize = 500, Steps = 2400;

    // The initial rate, which falls to 0 as a cosine. Many columns that move at once move a row's logits too far, so beyond Wide columns
    // the rate is inversely proportional to their number.
    const double LearningRate = 0.01;
    const int Wide = 1000;

    // Of the weights, for each column: the more columns, the less each may weigh. Chosen with the rate and the number of steps on 10,000
    // held-out training images.
    const double Decay = 6e-7;

    /// <summary>Share of test rows that the classifier names rightly, in [0..1]. Uses the training labels.</summary>
    /// <param name="train">N rows to train on.</param>
    /// <param name="test">M rows to score, of the same width.</param>
    /// <param name="classCount">Number of classes (K).</param>
    /// <param name="seed">Seed of the order of rows; the start is zero.</param>
    /// <param name="device">Where it is trained.</param>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    public static double Accuracy(LabelledRows train, LabelledRows test, int classCount, int seed = 0,
        ComputeDevice device = ComputeDevice.Cpu)
    {
        int[] given = Fit(train.Rows, train.Labels, classCount, seed, device).Assign(test.Rows);
        return ClusteringMetrics.Accuracy(given, test.Labels);
    }

    /// <summary>Trains the classifier. Uses the training labels.</summary>
    /// <param name="train">Embeddings [N,D].</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="classCount">Number of classes (K).</param>
    /// <param name="seed">Seed of the order of rows; the start is zero.</param>
    /// <param name="device">Where it is trained.</param>
    /// <param name="cancellation">Stops the training between two operators.</param>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LinearClassifier Fit(Rows train, ReadOnlySpan<int> labels, int classCount, int seed = 0,
        ComputeDevice device = ComputeDevice.Cpu, CancellationToken cancellation = default)
    {
        (float[] mean, float[] scale) = Standardization(train);
        (float[] weight, float[] bias) = Train(train, labels, classCount, mean, scale, seed, device, cancellation);
        // weight (x - mean) scale + bias, of x itself.
        var (folded, shifted) = (new double[classCount, train.Width], Array.ConvertAll(bias, value => (double)value));
        for (int label = 0; label < classCount; label++)
        {
            for (int column = 0; column < train.Width; column++)
            {
                folded[label, column] = (double)weight[label * train.Width + column] * scale[column];
                shifted[label] -= folded[label, column] * mean[column];
            }
        }
        return new LinearClassifier(folded, shifted);
    }

    /// <summary>
    /// The whole training as a model of its own, for any ONNX runtime: it takes rows, their classes, the order of the batches and the
    /// classifier's state, and gives the state after them. Its inputs say by their shapes what they are.
    /// </summary>
    /// <param name="width">Columns of the rows (D).</param>
    /// <param name="classCount">Number of classes (K).</param>
    public static OnnxModel Training(int width, int classCount) => ProbeGraph.Build(width, classCount).Pass();

    static (float[] Weight, float[] Bias) Train(Rows train, ReadOnlySpan<int> labels, int classCount, float[] mean,
        float[] scale, int seed, ComputeDevice device, CancellationToken cancellation)
    {
        int width = train.Width;
        TrainingGraph training = ProbeGraph.Build(width, classCount);
        using InferenceSession session = Sessions.Open(training.Pass().ToBytes(), "the linear probe", device).Session;
        (long[] order, int batch) = Order(train.Count, seed);
        (float[] weight, float[] bias) = (new float[classCount * width], new float[classCount]);
        OrtValue[] inputs =
        [
            Tensor(MemoryMarshal.AsMemory(train.Values), train.Count, width),
            Tensor<long>(Array.ConvertAll(labels.ToArray(), label => (long)label), train.Count),
            Tensor<long>(order, order.Length / batch, batch),
            Tensor<float>(mean, width),
            Tensor<float>(scale, width),
            Tensor<float>(Rates(order.Length / batch, width), order.Length / batch),
            Tensor<float>(new[] { (float)(Decay * width) }),
            .. training.Start.Values.Select(Start),
        ];
        OrtValue[] outputs = [Tensor<float>(weight, classCount, width), Tensor<float>(bias, classCount)];
        using RunOptions options = Sessions.Quiet();
        using CancellationTokenRegistration stop = cancellation.Register(() => options.Terminate = true);
        try
        {
            session.Run(options, ["x", "digits", "order", "mean", "scale", "learning_rate", "decay", .. training.Start.Keys],
                inputs, [TrainingGraph.Next(ProbeGraph.Weight), TrainingGraph.Next(ProbeGraph.Bias)], outputs);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            Array.ForEach([.. inputs, .. outputs], value => value.Dispose());
        }
        return (weight, bias);
    }

    static OrtValue Start(TensorData state) => state.Type == ElementType.Int64 ? Tensor<long>(state.ToInt64s())
        : Tensor<float>(new float[state.Count], [.. state.Sizes]); // all others are zeros

    static OrtValue Tensor<T>(Memory<T> memory, params long[] sizes) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, sizes);

    static float[] Rates(int count, int width) =>
        [.. Enumerable.Range(0, count).Select(step =>
            (float)(LearningRate * Math.Min(1, (double)Wide / width) * (1 + Math.Cos(Math.PI * step / count)) / 2))];

    // Twenty epochs of MNIST; fewer images are repeated for more epochs.
    static (long[] Order, int Batch) Order(int count, int seed)
    {
        int size = Math.Min(BatchSize, count);
        var order = new long[Steps * size];
        for (int epoch = 0, done = 0; done < Steps; epoch++)
        {
            int[] shuffled = new RandomStream((ulong)seed, "linear probe", epoch).NextPermutation(count);
            for (int start = 0; start + size <= count && done < Steps; start += size, done++)
            {
                for (int i = 0; i < size; i++)
                {
                    order[done * size + i] = shuffled[start + i];
                }
            }
        }
        return (order, size);
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
        float[] scale =
            [.. squares.Select((value, i) => (float)(1 / Math.Sqrt(Math.Max(value / rows.Count - (double)mean[i] * mean[i], 1e-6))))];
        return (mean, scale);
    }
}
