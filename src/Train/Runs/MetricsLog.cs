using System.Text.Json;
using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch.utils.tensorboard;

namespace Toolchain.Train.Runs;

/// <summary>Losses by step: one JSON object per line in <c>metrics.jsonl</c>, and the same for TensorBoard.</summary>
sealed class MetricsLog : IDisposable
{
    readonly StreamWriter lines;
    readonly SummaryWriter board;

    /// <summary>Continues at <paramref name="firstStep"/>; lines of later steps, which a killed run left, are dropped.</summary>
    public MetricsLog(RunFolder run, int firstStep)
    {
        string[] kept = File.Exists(run.Metrics) ? [.. File.ReadLines(run.Metrics).Where(line => StepOf(line) < firstStep)] : [];
        Data.AtomicFile.WriteText(run.Metrics, string.Concat(kept.Select(line => line + "\n")));
        // Flushed line by line: a killed run must have logged every step up to its checkpoint.
        lines = new StreamWriter(run.Metrics, append: true) { NewLine = "\n", AutoFlush = true };
        board = SummaryWriter(run.Path);
    }

    public void Write(int step, int epoch, double learningRate, IReadOnlyList<Loss> losses)
    {
        var entry = new Dictionary<string, object> { ["step"] = step, ["epoch"] = epoch, ["learning_rate"] = learningRate };
        foreach (Loss loss in losses)
        {
            entry[loss.Name] = loss.Value;
            board.add_scalar(loss.Name, loss.Value, step);
        }
        lines.WriteLine(JsonSerializer.Serialize(entry));
    }

    public void Dispose()
    {
        lines.Dispose();
        (board as IDisposable)?.Dispose();
    }

    // A last line cut short by a kill counts as later than everything.
    static int StepOf(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32();
        }
        catch (JsonException)
        {
            return int.MaxValue;
        }
    }
}
