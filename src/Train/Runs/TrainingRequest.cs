using Toolchain.Data;
using Toolchain.Export;
using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Runs;

/// <summary>All that a training run is asked to do.</summary>
sealed record TrainingRequest
{
    /// <summary>The training images; labels are never read.</summary>
    public required ImageSet Data { get; init; }

    /// <summary>What <c>--data</c> said.</summary>
    public required string DataSpec { get; init; }

    /// <summary>Options of the method.</summary>
    public required MethodOptions Options { get; init; }

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Where tensors live.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Number of threads; 0 uses all processors.</summary>
    public int Threads { get; init; }

    /// <summary>Stops training after this long and at least one step, with a checkpoint and a model; null for no limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Time between checkpoints: 20 s lose little to a power cut and cost nothing.</summary>
    internal TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether to resume from the folder's checkpoint.</summary>
    public bool Resume { get; init; }

    /// <summary>Told what a user should know of a run, a line each; null for silence.</summary>
    public Action<string>? Remark { get; init; }

    /// <summary>Version of the program, for provenance.</summary>
    public string Version { get; init; } = "";

    /// <summary>Receives the state after every step.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Checks the exported model in another runtime, such as ONNX Runtime; null to check by the float64 evaluator alone.</summary>
    public ParityRuntime? SecondRuntime { get; init; }

    /// <summary>Whether the export of a trained net computes in half precision.</summary>
    public bool Half { get; init; }

    /// <summary>Adds to the metadata of a proven model before it is written, such as what its training images look like; null for
    /// nothing.</summary>
    public Func<Graph.OnnxModel, Graph.OnnxModel>? Describe { get; init; }

    /// <summary>Stops the run at the next step, resumably.</summary>
    public CancellationToken Cancellation { get; init; }
}
