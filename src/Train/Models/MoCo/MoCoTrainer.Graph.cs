using System.Globalization;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Training;
using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.MoCo;

/// <summary>
/// The step as a graph. A weight of the query branch has its own name there, that of the key branch <see cref="MomentumContrast.KeyOf"/>
/// of it. Running statistics of the key branch, which nothing reads, stay behind.
/// </summary>
sealed partial class MoCoTrainer : ITracedTrainer
{
    const string Query = "query.";

    /// <inheritdoc/>
    public TrainingGraph Trace(int steps)
    {
        using var scope = NewDisposeScope();
        TracedTraining traced = OnnxExport.TraceTraining(model.Query, zeros(job.Shape.Axes(4), device: job.Device));
        var contrast = new MomentumContrastOptions
        {
            Temperature = options.Temperature,
            KeyMomentum = options.KeyMomentum,
            QueueLength = options.QueueLength,
            BatchNegatives = options.BatchNegatives,
        };
        Optimizer moves = options.Optimizer == MoCoOptimizer.AdamW ? new AdamW(options.WeightDecay)
            : new Sgd(options.Momentum, options.WeightDecay);
        return TrainingGraph.Build(MomentumContrast.Build(traced.Model, traced.Model.Outputs[0].Name, traced.Parameters, contrast), "loss",
            moves, traced.Parameters, new TrainingOptions { Constants = MomentumContrast.Constants }).StartingFrom(State(steps));
    }

    /// <inheritdoc/>
    public string RateFormula => string.Create(CultureInfo.InvariantCulture, $"{options.LearningRate}")
        + (options.Schedule == LearningRateSchedule.Cosine ? $" * (1 + math.cos(math.pi * made / {options.StepCount})) / 2" : "")
        + (options.WarmupSteps == 0 ? "" : $" * min(1, (made + 1) / {options.WarmupSteps})");

    Dictionary<string, TensorData> State(int steps)
    {
        var state = TrainingState.Of(model, optimizer, steps).ToDictionary(pair =>
            pair.Key.StartsWith(Query, StringComparison.Ordinal) ? pair.Key[Query.Length..] : pair.Key, pair => pair.Value);
        state[MomentumContrast.Queue] = Rolled(state[MomentumContrast.Queue], -Oldest(steps));
        return state;
    }

    /// <inheritdoc/>
    public int Take(IReadOnlyDictionary<string, TensorData> state)
    {
        _ = Trace(0).StartingFrom(state);
        var own = state.ToDictionary(pair => pair.Key is MomentumContrast.Queue or TrainingGraph.StepCount
            || pair.Key.StartsWith(MomentumContrast.KeyOf(""), StringComparison.Ordinal) ? pair.Key : Query + pair.Key, pair => pair.Value);
        int steps = (int)state[TrainingGraph.StepCount].ToInt64s()[0];
        own[MomentumContrast.Queue] = Rolled(own[MomentumContrast.Queue], Oldest(steps));
        _ = TrainingState.Set(model, optimizer, own);
        Finish(steps);
        return steps;
    }

    // Where the ring's oldest key lies; the graph's queue begins with it.
    long Oldest(int steps) => (long)steps * Math.Min(options.BatchSize, options.QueueLength) % options.QueueLength;

    static TensorData Rolled(TensorData rows, long by)
    {
        ReadOnlyMemory<byte> bytes = rows.Bytes;
        int cut = (int)((rows.Sizes[0] - by) % rows.Sizes[0] * (bytes.Length / rows.Sizes[0]));
        return new TensorData(rows.Type, rows.Sizes, (byte[])[.. bytes.Span[cut..], .. bytes.Span[..cut]]);
    }
}
