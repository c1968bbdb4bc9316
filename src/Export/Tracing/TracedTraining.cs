using Toolchain.Graph;

namespace Toolchain.Export.Tracing;

/// <summary>A module as it trains, as a graph; <c>TrainingGraph</c> of Toolchain.Graph makes steps of it.</summary>
/// <param name="Model">The forward pass in training form, with what its buffers hold after it.</param>
/// <param name="Parameters">Names of the weights to train, those of the state dict.</param>
public sealed record TracedTraining(OnnxModel Model, IReadOnlyList<string> Parameters);
