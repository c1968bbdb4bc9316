using Toolchain.Inference;

namespace Toolchain.Tuning;

/// <summary>How an encoder is tuned.</summary>
public sealed record TuneOptions
{
    /// <summary>Number of steps, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Images of a step, at least 2.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate of the first step, which falls to 0 as a cosine; above 0.</summary>
    public required double Rate { get; init; }

    /// <summary>With labels: the encoder stays as it is, and only the classifier behind it learns.</summary>
    public bool HeadOnly { get; init; }

    /// <summary>Seed of order and views.</summary>
    public int Seed { get; init; }

    /// <summary>Threads inside one operator; 0 takes one for each processor core.</summary>
    public int Threads { get; init; }

    /// <summary>Where it runs.</summary>
    public ComputeDevice Device { get; init; }

    /// <summary>Gets the steps done and the loss of the last one.</summary>
    public Action<int, double> Progress { get; init; } = (_, _) => { };

    /// <summary>File that keeps the state every <see cref="KeepEvery"/> steps; null for none.</summary>
    public string? StateFile { get; init; }

    /// <summary>Steps between two writings of the state.</summary>
    public int KeepEvery { get; init; } = 100;
}
