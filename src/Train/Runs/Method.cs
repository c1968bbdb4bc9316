using Toolchain.Data.Tensors;
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

    /// <summary>A step of a run's training as a graph that begins where its checkpoint stands, with its learning rate; null where the
    /// method has none.</summary>
    /// <exception cref="InvalidDataException">The run has no checkpoint.</exception>
    internal virtual TracedStep? TraceStep(RunFolder run, TrainingRequest request) => null;

    /// <summary>Writes the checkpoint of a run into another one, with other weights in its encoder, or another state in
    /// all of it.</summary>
    /// <param name="from">The run.</param>
    /// <param name="to">A run with the same configuration.</param>
    /// <param name="request">Images and options of the run.</param>
    /// <param name="weights">
    /// As <see cref="Checkpoint.SetEncoder"/> takes them, or a state of <see cref="TraceStep"/>'s graph with the number of its steps.
    /// </param>
    /// <param name="path">The file that they are of.</param>
    /// <returns>Number of tensors that were set.</returns>
    /// <exception cref="InvalidDataException">The run has no checkpoint, or the weights do not fit.</exception>
    /// <exception cref="ArgumentException">The method does not learn by gradient.</exception>
    internal virtual int CopyCheckpoint(RunFolder from, RunFolder to, TrainingRequest request,
        IReadOnlyDictionary<string, TensorEntry> weights, string path) =>
        throw new ArgumentException($"'{from.Path}': expected a run whose encoder is trained by gradient, found one of {Name}; name a run "
            + "of another method.");

    /// <summary>A trainer on other images, with the encoder of a run as its checkpoint has it.</summary>
    /// <exception cref="InvalidDataException">The run has no checkpoint.</exception>
    /// <exception cref="ArgumentException">The method does not learn by gradient.</exception>
    internal virtual IGradientTrainer RestoreEncoder(RunFolder run, MethodOptions options, GradientJob job) =>
        throw new ArgumentException($"'{run.Path}': expected a run whose encoder is trained by gradient, found one of {Name}; name a run "
            + "of another method.");
}
