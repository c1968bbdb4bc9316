namespace Toolchain.Graph.Training;

/// <summary>Options of <see cref="MomentumContrast"/>.</summary>
public sealed record MomentumContrastOptions
{
    /// <summary>What similarities are divided by, above 0.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>m of key = m key + (1 - m) query, in [0..1).</summary>
    public double KeyMomentum { get; init; } = 0.99;

    /// <summary>Number of earlier keys (Q), at least 1.</summary>
    public int QueueLength { get; init; } = 2048;

    /// <summary>Whether the other keys of the batch are negatives too.</summary>
    public bool BatchNegatives { get; init; } = true;
}
