using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.Tracing;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Bench;

/// <summary>
/// What do the nodes cost that let NaN through max pooling (<see cref="OnnxExportOptions.KeepNaN"/>)? Files with and without them run in
/// ONNX Runtime in turns, in alternating order, on one thread.
/// </summary>
static class NanBench
{
    const int Pairs = 41, Warmup = 3;

    public static void Run(BenchNet bench)
    {
        manual_seed(1);
        set_num_threads(1);
        using nn.Module<Tensor, Tensor> net = bench.Make();
        net.eval();
        using Tensor example = bench.Example();
        using InferenceSession with = Session(true), without = Session(false);
        using var options = new RunOptions();
        long[] sizes = example.shape;
        using var image = OrtValue.CreateTensorValueFromMemory(example.data<float>().ToArray(), sizes);
        for (int i = 0; i < Warmup; i++)
        {
            _ = (Milliseconds(with), Milliseconds(without));
        }
        var pairs = Enumerable.Range(0, Pairs)
            .Select(i => i % 2 == 0 ? (With: Milliseconds(with), Without: Milliseconds(without))
                : Swapped(Milliseconds(without), Milliseconds(with))).ToArray();
        double[] ratios = [.. pairs.Select(pair => pair.With / pair.Without).Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"nan      {bench.Name} at [{string.Join(",", sizes)}]: {Median.Of(pairs.Select(pair => pair.With)):f2} ms with, "
            + $"{Median.Of(pairs.Select(pair => pair.Without)):f2} ms without, ratio {Median.Of(ratios):f3} (median of {Pairs} pairs; "
            + $"middle half {ratios[Pairs / 4]:f3} to {ratios[^(Pairs / 4 + 1)]:f3})"));

        double Milliseconds(InferenceSession session)
        {
            long start = Stopwatch.GetTimestamp();
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["input"], [image], ["output"]);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        InferenceSession Session(bool keep)
        {
            var export = new OnnxExportOptions { Inputs = [new("input", bench.Axes)], Outputs = ["output"], KeepNaN = keep };
            using var threads = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            return new InferenceSession(OnnxExport.Trace(net, example, export).Model.ToBytes(), threads);
        }
    }

    static (double With, double Without) Swapped(double without, double with) => (with, without);
}
