namespace Toolchain.Deploy.Runtimes;

/// <summary>What a runtime gave for the first N images.</summary>
/// <param name="Version">Of the runtime.</param>
/// <param name="Images">N.</param>
/// <param name="Seconds">Time of the runs.</param>
/// <param name="Embedding">[N,D]; empty without one.</param>
/// <param name="Probability">[N,K]; empty without one.</param>
/// <param name="Clusters">[N]; null without clusters.</param>
/// <param name="Miss">What its own check found wrong; null where nothing.</param>
sealed record RuntimeOutputs(string Version, int Images, double Seconds, float[] Embedding, float[] Probability, int[]? Clusters,
    string? Miss = null)
{
    /// <summary>Largest difference to the test vectors, for the runtime that others are compared with; null for those.</summary>
    public double? VectorDifference { get; init; }
}
