using System.Diagnostics;
using static TorchSharp.torch;

namespace Toolchain.Export.Bench;

/// <summary>Training steps of a small net: many short native calls, so that what is added to each would show.</summary>
static class TrainingStep
{
    const int Warmup = 50, Steps = 400;

    public static double MedianMilliseconds()
    {
        set_num_threads(1);
        manual_seed(1);
        using var net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 13 * 13, 32), nn.ReLU(),
            nn.Linear(32, 10));
        using var optimizer = optim.Adam(net.parameters(), lr: 1e-3);
        using Tensor images = rand(16, 1, 28, 28), labels = randint(0, 10, [16]);
        var times = new double[Steps];
        for (int step = -Warmup; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            long start = Stopwatch.GetTimestamp();
            optimizer.zero_grad();
            nn.functional.cross_entropy(net.call(images), labels).backward();
            optimizer.step();
            if (step >= 0)
            {
                times[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }
        return Bench.Median.Of(times);
    }
}
