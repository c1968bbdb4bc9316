
namespace Toolchain.Inference;

/// <summary>One of several equal ranges of a source's images.</summary>
/// <param name="Index">Which, in [0..<paramref name="Count"/>).</param>
/// <param name="Count">Number of ranges.</param>
public sealed record Shard(int Index, int Count);

/// <summary>How far a job is.</summary>
/// <param name="Done">Images of this job that are done, those of an earlier run too.</param>
/// <param name="Total">Images of this job, or null where only the end will tell.</param>
public readonly record struct EmbedProgress(long Done, long? Total);

/// <summary>What is written, and what happens to unusual images.</summary>
public sealed record EmbedOptions
{
    /// <summary>Whether embeddings are written.</summary>
    public bool Embedding { get; init; } = true;

    /// <summary>Whether the cluster of each image is written.</summary>
    public bool Cluster { get; init; }

    /// <summary>Whether the probabilities of all clusters are written.</summary>
    public bool Probability { get; init; }

    /// <summary>Whether the novelty score of each image is written.</summary>
    public bool Novelty { get; init; }

    /// <summary>True to leave out, and tell to <see cref="Skipped"/>, each image that cannot be read; false to stop at the first.</summary>
    public bool SkipBad { get; init; }

    /// <summary>Told after each batch; null for silence.</summary>
    public IProgress<EmbedProgress>? Progress { get; init; }

    /// <summary>Told a line, with place and reason, for each image left out; null for silence.</summary>
    public IProgress<string>? Skipped { get; init; }
}

/// <summary>What a job did.</summary>
/// <param name="Count">Rows written.</param>
/// <param name="ResumedCount">Images that an earlier, stopped run had done.</param>
/// <param name="SkippedCount">Images left out because they cannot be read.</param>
/// <param name="FittedCount">Images brought to the model's size from another.</param>
/// <param name="InvertedCount">Images that were dark on light.</param>
/// <param name="ForeignCount">Images whose novelty is above 1; null where the model was not calibrated.</param>
public sealed record EmbedReport(long Count, long ResumedCount, long SkippedCount, long FittedCount, long InvertedCount,
    long? ForeignCount)
{
    /// <summary>Share, in [0..1], of the images of this run that lie nearest to one and the same centre of a calibrated model's training
    /// images; 0 for other models.</summary>
    public double LargestShare { get; init; }
}
