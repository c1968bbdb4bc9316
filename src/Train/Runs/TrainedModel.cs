namespace Toolchain.Train.Runs;

/// <summary>What training leaves.</summary>
/// <param name="Model">The ONNX model, with its metadata.</param>
/// <param name="Parity">What was checked, as a line for a person.</param>
/// <param name="StepsMade">Steps of a gradient method, or iterations of a fit.</param>
/// <param name="Finished">Whether the run came to its own end, not to a time limit.</param>
/// <param name="Summary">Steps made, or inertia or likelihood of a fit, as a line for a person.</param>
sealed record TrainedModel(Graph.OnnxModel Model, string Parity, int StepsMade, bool Finished, string Summary)
{
    /// <summary>What belongs beside the model; null for nothing.</summary>
    public TrainedDecoder? Decoder { get; init; }
}
