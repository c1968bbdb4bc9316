using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Data.Strokes;
using Toolchain.Graph.Files;
using Toolchain.Train.Models.MoCo;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>MoCo on ONNX Runtime beside libtorch on MNIST, without an exchange of state.</summary>
public sealed class MoCoLongTests(ITestOutputHelper output)
{
    // The recipe of docs/models/moco.md with smaller batches and fewer steps; both whiten at the end by the same code.
    [Theory, Trait("Category", "Slow"), InlineData(0), InlineData(1), InlineData(2)]
    public void MoCo_TrainedOnRuntime_ReachesLibtorchsAccuracy(int seed)
    {
        (ImageSet train, ImageSet test) = (Mnist(Split.Train), Mnist(Split.Test));
        using var scope = NewDisposeScope();
        var options = new MoCoOptions { BatchSize = 128, StepCount = Steps("UVL_MOCO_STEPS", 1000), Whitening = 0 };
        using var both = new MoCoOnRuntime(train, options, seed, threads: 1);
        both.FillQueue();
        MoCoOnRuntime.Pair last = new(0, 0, default, default);
        for (int step = 0; step < options.StepCount; step++)
        {
            last = both.Step(step, options.LearningRateAt(step));
        }
        ImageSet some = train.Take(20_000);
        double torch = both.SpectralAccuracy(some, test, seed);
        both.GiveQuery();
        double runtime = both.SpectralAccuracy(some, test, seed);
        Say($"seed {seed}, spectral: libtorch {torch:p2}, ONNX Runtime {runtime:p2}; losses {last.Torch:f4} and {last.Runtime:f4}");
        Assert.InRange(runtime, 0.98, 1); // untrained: about 60 %
        Assert.InRange(Math.Abs(torch - runtime), 0, 0.005);
    }

    // As uvl tune does it: from the shipped encoder, a rate that falls to 0. The two part at corners of the loss (a maximum of equals, an
    // edge of a ReLU), where the gradients of weights that differ in the last bit are not alike: so each gradient is compared at its own.
    [Fact, Trait("Category", "Slow")]
    public void MoCo_TunedOnRuntime_HasExactGradientsFor200FreeSteps() => HasExactGradients(Mnist(Split.Train), 200, 128);

    [Fact]
    public void MoCo_TunedOnRuntime_HasExactGradients() => HasExactGradients(StrokeDigits.Draw(300, 1), 12, 32);

    void HasExactGradients(ImageSet train, int steps, int batch)
    {
        using var scope = NewDisposeScope();
        var options = new MoCoOptions { BatchSize = batch, QueueLength = 4 * batch, StepCount = steps, Whitening = 0 };
        using var both = new MoCoOnRuntime(train, options, seed: 0, threads: 1);
        both.StartFrom(OnnxFile.Load(Path.Combine(Checkout.Root, "models", "moco", "onnx", "model.onnx")));
        both.FillQueue();
        var found = new List<MoCoOnRuntime.Differences>();
        for (int step = 0; step < steps; step++)
        {
            found.Add(both.StepWithGradients(step, TuningRate * (1 + Math.Cos(Math.PI * step / steps)) / 2));
            if (step + 1 is 1 or 2 or 5 or 10 or 12 or 20 or 60 or 120 or 200)
            {
                Say($"after {step + 1} steps: losses {found.Max(item => Math.Abs(item.Losses.Torch - item.Losses.Runtime)):e1}");
                Say($"  gradients and float64: libtorch {Summary(found, item => item.Torch)}");
                Say($"  ONNX Runtime {Summary(found, item => item.Runtime)}");
                Say($"  float64 at the weights of both {Summary(found, item => item.Weights)}");
            }
        }
        double[] errors = [.. found.Select(item => item.Runtime).Order()], own = [.. found.Select(item => item.Torch).Order()];
        Assert.InRange(errors[steps / 2], 0, 1e-5);
        Assert.InRange(errors.Count(error => error > corner), 0, own.Count(error => error > corner) + Math.Max(2, steps / 20));
    }

    // Rounding alone makes less.
    const double corner = 5e-5;

    static FormattableString Summary(IReadOnlyList<MoCoOnRuntime.Differences> found, Func<MoCoOnRuntime.Differences, double> of)
    {
        double[] sorted = [.. found.Select(of).Order()];
        return $"median {sorted[sorted.Length / 2]:e1}, largest {sorted[^1]:e1}, {sorted.Count(value => value > corner)} above {corner:e0}";
    }

    static int Steps(string variable, int absent) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{absent}", CultureInfo.InvariantCulture);

    const double TuningRate = 0.03;

    void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    static ImageSet Mnist(Split split)
    {
        try
        {
            return ImageSource.Open("mnist", split);
        }
        catch (DatasetUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }
}
