using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Core;

/// <summary>One part of a training loss.</summary>
/// <param name="Name">Such as "loss" or "reconstruction".</param>
/// <param name="Value">Its value at a step.</param>
readonly record struct Loss(string Name, float Value);

/// <summary>Images in rows.</summary>
/// <param name="Pixels">N * C * H * W bytes.</param>
/// <param name="Columns">Images in a row.</param>
sealed record ImageGrid(byte[] Pixels, int Columns);

/// <summary>The images of one step.</summary>
/// <param name="Step">0-based number of the step.</param>
/// <param name="Epoch">0-based number of the epoch.</param>
/// <param name="Samples">Indices into the dataset, [N].</param>
sealed record Batch(int Step, int Epoch, int[] Samples)
{
    /// <summary>The batch of the step after this one, so that its images can be prepared meanwhile; null where that is not known.</summary>
    public Batch? Next { get; init; }

    /// <summary>Whether both hold the same images in the same order at the same step.</summary>
    public bool IsSame(Batch other) => Step == other.Step && Epoch == other.Epoch && Samples.AsSpan().SequenceEqual(other.Samples);
}

/// <summary>A method that learns step by step. It owns model and optimizers; the loop owns everything else.</summary>
interface IGradientTrainer : IDisposable
{
    /// <summary>Everything that a checkpoint must hold besides the optimizers.</summary>
    nn.Module Module { get; }

    /// <summary>The optimizers, whose state is saved and whose learning rates follow the schedule.</summary>
    IReadOnlyList<OptimizerHelper> Optimizers { get; }

    /// <summary>What is exported: from images [N,C,H,W] to <see cref="Outputs"/>.</summary>
    nn.Module Encoder { get; }

    /// <summary>Names of the encoder's outputs in order: those of the contract first, then those that the system has besides.</summary>
    IReadOnlyList<string> Outputs => ["embedding"];

    /// <summary>What is exported beside the encoder; null for nothing.</summary>
    ExportedDecoder? Decoder => null;

    /// <summary>The encoder's embeddings [N,D] of images [N,C,H,W].</summary>
    Tensor Embed(Tensor images);

    /// <summary>What looks wrong after the latest step, as a line for a person; null while nothing does.</summary>
    string? Warning => null;

    /// <summary>Images that show the present state, for the run folder; null where the method makes none. Changes nothing.</summary>
    ImageGrid? Sheet() => null;

    /// <summary>Makes one step and returns its losses. Runs inside a dispose scope of its own.</summary>
    IReadOnlyList<Loss> Step(Batch batch);
}
