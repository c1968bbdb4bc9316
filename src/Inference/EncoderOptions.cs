namespace Toolchain.Inference;

/// <summary>Where a model runs.</summary>
public enum ComputeDevice
{
    /// <summary>The accelerator where the runtime has one, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; an error where the runtime has none.</summary>
    Cuda,
}

/// <summary>How a model runs. Nothing here but the layer changes a bit of the result on one machine.</summary>
public sealed record EncoderOptions
{
    /// <summary>Where the model runs.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Auto;

    /// <summary>
    /// Batches that run, and batches that are decoded, at the same time; 0 takes as many as there are processors. One batch runs on one
    /// thread.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>Output, float32 [N,D], that is taken as the embedding: models may have others, such as "feature".</summary>
    public string Layer { get; init; } = "embedding";

    /// <summary>The trial that a model must pass before it runs in this process; null for none, which is for models of one's own.</summary>
    public IModelTrial? Trial { get; init; }
}
