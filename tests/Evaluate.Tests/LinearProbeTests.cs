using Toolchain.Clustering;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Tests;

public sealed class LinearProbeTests
{
    const int width = 5, classes = 3, batch = 6;
    static readonly SlowProbe slow = SlowProbe.Draw(rowCount: 40, width, classes, batch, stepCount: 60, seed: 4);

    [Fact]
    public void TrainingGraph_OnnxRuntime_EqualsThePlainLoops()
    {
        IReadOnlyDictionary<string, TensorData> found = OnnxRuntimeCheck.Run(LinearProbe.Training(width, classes).ToBytes(),
            slow.Inputs(0, 60));
        SlowProbe.State expected = slow.Train(60);
        Near(expected.Parts, found, 1e-5);
        Assert.All(expected.Losses.Zip(found["loss"].ToDoubles()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.True(expected.Losses[^1] < 0.7 * expected.Losses[0]);
    }

    [Fact]
    public void TrainingGraph_Float64_IsAdam()
    {
        OnnxModel model = LinearProbe.Training(width, classes);
        GraphChecker.Check(model);
        Near(slow.Train(60).Parts, Evaluator.Run(model, slow.Inputs(0, 60)), 1e-6);
    }

    // Two runs of 30 steps, the second from the state that the first left.
    [Fact]
    public void TrainingGraph_InPieces_GoesOnWhereItWas()
    {
        byte[] model = LinearProbe.Training(width, classes).ToBytes();
        IReadOnlyDictionary<string, TensorData> whole = OnnxRuntimeCheck.Run(model, slow.Inputs(0, 60)),
            half = OnnxRuntimeCheck.Run(model, slow.Inputs(0, 30));
        Dictionary<string, TensorData> rest = slow.Inputs(30, 60);
        foreach (string name in ProbeGraph.Build(width, classes).Start.Keys)
        {
            rest[name] = half[$"next.{name}"];
        }
        half = OnnxRuntimeCheck.Run(model, rest);
        Assert.All(ProbeGraph.Build(width, classes).Start.Keys, name =>
            Assert.Equal(whole[$"next.{name}"].ToDoubles(), half[$"next.{name}"].ToDoubles()));
    }

    static void Near(IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, TensorData> found, double tolerance) =>
        Assert.All(expected, part =>
        Assert.All(part.Value.Zip(found[$"next.{part.Key}"].ToDoubles()), pair => Assert.Equal(pair.First, pair.Second, tolerance)));

    [Fact]
    public void Fit_CudaWhereThereIsNone_IsRefused()
    {
        Assert.SkipWhen(Sessions.Providers.Contains("CUDAExecutionProvider"), "this runtime has CUDA");
        Assert.StartsWith("CUDA was asked for, but the loaded ONNX Runtime has only ", Assert.Throws<PlatformNotSupportedException>(() =>
            LinearProbe.Fit(new Rows(new float[20], 2), new int[10], 10, device: ComputeDevice.Cuda)).Message, StringComparison.Ordinal);
    }

    /// <summary>The runtime stops between two operators: a whole training would take longer.</summary>
    [Fact]
    public void Fit_Cancelled_StopsTheRuntime()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var rows = new Rows(new float[2000 * 784], 784);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.ThrowsAny<OperationCanceledException>(() => LinearProbe.Fit(rows, new int[2000], 10, cancellation: cancel.Token));
        TimeSpan stopped = clock.Elapsed;
        clock.Restart();
        _ = LinearProbe.Fit(rows, new int[2000], 10);
        Assert.InRange(stopped, TimeSpan.Zero, 0.7 * clock.Elapsed);
    }

    [Fact]
    public void Accuracy_SeparableRows_IsOne_AndChanceWithoutThem()
    {
        var random = new Random(8);
        (Rows train, int[] trainDigits) = Clouds(3000, 6);
        (Rows test, int[] testDigits) = Clouds(500, 6);
        Assert.True(LinearProbe.Accuracy(new(train, trainDigits), new(test, testDigits), 10) > 0.99);
        (Rows noise, int[] noiseDigits) = Clouds(3000, 0);
        (Rows other, int[] otherDigits) = Clouds(500, 0);
        Assert.InRange(LinearProbe.Accuracy(new(noise, noiseDigits), new(other, otherDigits), 10), 0.03, 0.2);

        (Rows, int[]) Clouds(int count, double distance)
        {
            int[] digits = [.. Enumerable.Range(0, count).Select(i => i % 10)];
            float[] values =
                [.. digits.SelectMany(digit => Enumerable.Range(0, 12)
                .Select(column => (float)((column == digit ? distance : 0) + random.NextDouble() * 2 - 1)))];
            return (new Rows(values, 12), digits);
        }
    }
}
