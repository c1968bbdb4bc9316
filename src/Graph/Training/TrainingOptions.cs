namespace Toolchain.Graph.Training;

/// <summary>Options of <see cref="TrainingGraph.Build"/>.</summary>
public sealed record TrainingOptions
{
    /// <summary>Names of tensors that count as constants: no gradient passes through them, such as the keys of contrast learning.</summary>
    public IReadOnlyCollection<string> Constants { get; init; } = [];

    /// <summary>The largest common length of all gradients, above 0: longer ones are shortened to it; null leaves them.</summary>
    public double? LargestNorm { get; init; }
}
