using Toolchain.Data;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>One of the systems that <c>uvl train</c> knows.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Summary">One line for the help.</param>
/// <param name="Defaults">Its options with their defaults.</param>
public abstract record Method(string Name, string Summary, MethodOptions Defaults)
{
    /// <summary>Whether its models have an embedding, not clusters alone.</summary>
    public bool HasEmbedding { get; init; } = true;

    /// <summary>Whether it learns from augmented views of its images.</summary>
    public bool HasViews => Defaults is IAugmented;

    /// <summary>Trains in <paramref name="run"/> and returns the model, proven but not yet written.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, resumably.</exception>
    /// <exception cref="DivergedException">A loss stopped being finite.</exception>
    internal abstract TrainedModel Train(RunFolder run, TrainingRequest request);

    /// <summary>The model of a run as its checkpoint has it, without training on.</summary>
    /// <exception cref="InvalidDataException">The run has no checkpoint.</exception>
    internal abstract TrainedModel Export(RunFolder run, TrainingRequest request, int opset);

    /// <summary>A trainer on other images, with the encoder of a run as its checkpoint has it.</summary>
    /// <exception cref="InvalidDataException">The run has no checkpoint.</exception>
    /// <exception cref="ArgumentException">The method does not learn by gradient.</exception>
    internal virtual IGradientTrainer RestoreEncoder(RunFolder run, MethodOptions options, GradientJob job) =>
        throw new ArgumentException($"'{run.Path}': expected a run whose encoder is trained by gradient, found one of {Name}; name a run "
        + $"of another method.");
}

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

/// <summary>A second model beside an encoder, such as a generator.</summary>
/// <param name="Name">Its file beside <c>model.onnx</c>, without the ending.</param>
/// <param name="Model">The ONNX model, with its metadata, proven but not yet written.</param>
sealed record TrainedDecoder(string Name, Graph.OnnxModel Model)
{
    /// <summary>Its file beside the model at <paramref name="model"/>.</summary>
    public string FileBeside(string model) => RunLayout.Beside(model, $"{Name}.onnx");
}
