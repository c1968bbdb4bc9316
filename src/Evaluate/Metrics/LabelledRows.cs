using Toolchain.Clustering;

namespace Toolchain.Evaluate.Metrics;

/// <summary>Embeddings and what they show.</summary>
/// <param name="Rows">Embeddings [N,D].</param>
/// <param name="Labels">Class of each, [N], at least 0.</param>
public sealed record LabelledRows(Rows Rows, int[] Labels)
{
    /// <summary>The rows as bytes, where they are whole numbers: neighbours of those are found several times as fast.</summary>
    internal ByteRows? Bytes { get; init; }
}
