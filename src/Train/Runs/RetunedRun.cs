using Toolchain.Data;
using Toolchain.Data.Tensors;

namespace Toolchain.Train.Runs;

/// <summary>A run whose encoder was trained elsewhere for a while, such as on ONNX Runtime.</summary>
static class RetunedRun
{
    /// <summary>
    /// Writes a new run: configuration, losses and checkpoint of an earlier one, with other weights in its encoder. Optimizers, step and
    /// all that is not the encoder are the earlier run's.
    /// </summary>
    /// <param name="from">The earlier run.</param>
    /// <param name="to">Path of a folder that is missing or empty.</param>
    /// <param name="request">Images and options of the earlier run.</param>
    /// <param name="weights">Tensors by the names of the encoder's state dict; others are left out.</param>
    /// <param name="path">The file that they are of.</param>
    /// <returns>The new run, and the number of tensors that are new in it.</returns>
    /// <exception cref="ArgumentException">The folder is not empty, or the method does not learn by gradient.</exception>
    /// <exception cref="InvalidDataException">The run has no checkpoint, or the weights do not fit; the folder is then removed.</exception>
    public static (RunFolder Run, int Tensors) Write(RunFolder from, string to, TrainingRequest request,
        IReadOnlyDictionary<string, TensorEntry> weights, string path)
    {
        var run = RunFolder.Create(to);
        try
        {
            using IDisposable claim = run.Lock();
            File.Copy(from.Config, run.Config);
            if (File.Exists(from.Metrics))
            {
                File.Copy(from.Metrics, run.Metrics);
            }
            int set = RunConfig.Read(run).Method.CopyCheckpoint(from, run, request, weights, path);
            run.TimeTaken = from.TimeTakenInAll;
            run.Say($"begun as {from.Path} with {Printable.Count(set, "tensor")} of {path}");
            return (run, set);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or CheckpointException)
        {
            Directory.Delete(to, recursive: true);
            throw;
        }
    }
}
