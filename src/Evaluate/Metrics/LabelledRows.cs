using Toolchain.Clustering;

namespace Toolchain.Evaluate.Metrics;

/// <summary>Embeddings and what they show.</summary>
/// <param name="Rows">Embeddings [N,D].</param>
/// <param name="Labels">Class of each, [N], at least 0.</param>
public sealed record LabelledRows(Rows Rows, int[] Labels);
