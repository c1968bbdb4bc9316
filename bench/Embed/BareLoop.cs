using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Toolchain.EmbedBench;

/// <summary>
/// ONNX Runtime and nothing else: floats that are in memory already go in, results are copied out; no file is read or written.
/// </summary>
/// <param name="Batch">Images in a run.</param>
/// <param name="Threads">Threads inside a run.</param>
/// <param name="Callers">Runs at the same time.</param>
sealed record BareLoop(int Batch, int Threads, int Callers)
{
    /// <summary>Every setting that was tried for the best one.</summary>
    public static IEnumerable<BareLoop> All =>
        from batch in new[] { 16, 32, 64, 128, 256, 512 }
        from way in new[] { (2, 1), (1, 2) }
        select new BareLoop(batch, way.Item1,
        way.Item2);

    /// <summary>Seconds for all images, and the embeddings.</summary>
    public (double Seconds, float[] Values) Run(string model, float[] pixels, int width)
    {
        using var options = new SessionOptions { IntraOpNumThreads = Threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        int count = pixels.Length / 784, next = 0;
        var values = new float[count * width];
        var clock = Stopwatch.StartNew();
        Thread[] callers = [.. Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
        {
            float[] input = new float[Batch * 784], output = new float[Batch * width];
            using OrtValue image = OrtValue.CreateTensorValueFromMemory(input, [Batch, 1, 28, 28]),
                embedding = OrtValue.CreateTensorValueFromMemory(output, [Batch, width]);
            using var run = new RunOptions();
            for (int first; (first = Interlocked.Add(ref next, Batch) - Batch) < count;)
            {
                int taken = Math.Min(Batch, count - first);
                Array.Copy(pixels, first * 784, input, 0, taken * 784);
                session.Run(run, ["image"], [image], ["embedding"], [embedding]);
                Array.Copy(output, 0, values, first * width, taken * width);
            }
        }))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        return (clock.Elapsed.TotalSeconds, values);
    }
}
