using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Tuning;

/// <summary>How many images a model with named clusters names rightly.</summary>
public static class TunedAccuracy
{
    const int BatchSize = 500;

    /// <summary>Share of images whose <c>cluster</c> is their label, in [0..1].</summary>
    /// <param name="model">A model with an output "cluster" that counts classes.</param>
    /// <param name="data">Labelled images.</param>
    /// <param name="options">Threads and device.</param>
    public static double Of(OnnxModel model, ImageSet data, TuneOptions options)
    {
        (InferenceSession session, _) = Sessions.Open(model.ToBytes(), "the tuned model", options.Device, options.Threads);
        using RunOptions quiet = Sessions.Quiet();
        using (session)
        {
            int right = 0;
            for (int start = 0; start < data.Count; start += BatchSize)
            {
                int count = Math.Min(BatchSize, data.Count - start);
                using var image = OrtValue.CreateTensorValueFromMemory(data.ToFloats(start, count), data.Shape.Axes(count));
                using IDisposableReadOnlyCollection<OrtValue> found = session.Run(quiet, [model.Inputs[0].Name], [image], ["cluster"]);
                ReadOnlySpan<long> clusters = found[0].GetTensorDataAsSpan<long>();
                for (int i = 0; i < count; i++)
                {
                    right += clusters[i] == data.Labels![start + i] ? 1 : 0;
                }
            }
            return right / (double)data.Count;
        }
    }
}
