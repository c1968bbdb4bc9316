using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Models.MoCo;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>
/// MoCo on ONNX Runtime beside libtorch. The two part as libtorch parts from itself when its first weights differ in the last bit
/// (docs/benchmarks/training-graphs.md), so in a long comparison one takes over the
/// other's state every four steps, each in turn.
/// </summary>
public sealed class MoCoOnRuntimeTests(ITestOutputHelper output)
{
    [Fact]
    public void MoCo_OnRuntime_FollowsLibtorch() => Follows(StrokeDigits.Draw(300, 1), steps: 12, batch: 32, momentum: 0.9, period: 12);

    [Fact]
    public void MoCo_StateGivenBothWays_GoesOnTheSame() =>
        Follows(StrokeDigits.Draw(300, 1), steps: 9, batch: 32, momentum: 0.9, period: 2);

    [Fact, Trait("Category", "Slow")]
    public void MoCo_OnRuntime_FollowsLibtorchFor200Steps() =>
        Follows(StrokeDigits.Draw(2000, 1), steps: 200, batch: 128, momentum: 0.9, period: 4);

    void Follows(ImageSet data, int steps, int batch, double momentum, int period)
    {
        using var scope = NewDisposeScope();
        var options = new MoCoOptions
        {
            BatchSize = batch,
            QueueLength = 4 * batch,
            LearningRate = 0.03,
            Momentum = momentum,
            Whitening = 0,
            Augmentation = MoCoOnRuntime.EasyViews,
        };
        using var both = new MoCoOnRuntime(data, options, seed: 0, threads: 2);
        double torch = 0, runtime = 0, first = 0, last = 0, largest = 0;
        for (int step = 0; step < steps; step++)
        {
            if (step > 0 && step % period == 0)
            {
                Action<int> exchange = step / period % 2 == 0 ? both.TakeOver : both.GiveBack;
                exchange(step);
            }
            MoCoOnRuntime.Pair pair = both.Step(step);
            largest = Math.Max(largest, Math.Abs(pair.Torch - pair.Runtime));
            (first, last) = (step == 0 ? pair.Torch : first, pair.Torch);
            if (step >= 2)
            {
                (torch, runtime) = (torch + pair.TorchTime.TotalMilliseconds, runtime + pair.RuntimeTime.TotalMilliseconds);
            }
        }
        output.WriteLine($"a step: libtorch {torch / (steps - 2):f1} ms, ONNX Runtime {runtime / (steps - 2):f1} ms; "
            + $"loss {first:f4} to {last:f4}, largest difference {largest:e1}");
        Assert.InRange(largest, 0, 1e-3);
        Assert.True(last < first);
    }
}
