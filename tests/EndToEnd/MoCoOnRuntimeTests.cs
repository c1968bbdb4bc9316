using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Models.MoCo;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

public sealed class MoCoOnRuntimeTests(ITestOutputHelper output)
{
    [Fact]
    public void MoCo_OnRuntime_FollowsLibtorch() => Follows(StrokeDigits.Draw(300, 1), steps: 12, batch: 32);

    [Fact, Trait("Category", "Slow")]
    public void MoCo_OnRuntime_FollowsLibtorchFor200Steps() => Follows(StrokeDigits.Draw(2000, 1), steps: 200, batch: 128);

    void Follows(ImageSet data, int steps, int batch)
    {
        using var scope = NewDisposeScope();
        var options = new MoCoOptions { BatchSize = batch, QueueLength = 4 * batch, LearningRate = 0.03, Whitening = 0 };
        using var both = new MoCoOnRuntime(data, options, seed: 0, threads: 2);
        double torch = 0, runtime = 0, first = 0, last = 0;
        for (int step = 0; step < steps; step++)
        {
            var (expected, found, torchTime, runtimeTime) = both.Step(step);
            Assert.Equal(expected, found, 1e-3);
            (first, last) = (step == 0 ? expected : first, expected);
            if (step >= 2)
            {
                (torch, runtime) = (torch + torchTime.TotalMilliseconds, runtime + runtimeTime.TotalMilliseconds);
            }
        }
        output.WriteLine($"a step: libtorch {torch / (steps - 2):f1} ms, ONNX Runtime {runtime / (steps - 2):f1} ms; "
            + $"loss {first:f4} to {last:f4}");
        Assert.True(last < first);
    }
}
