using Toolchain.Data.Streams;

namespace Toolchain.Data.Embeddings;

/// <summary>What became of some neighbouring images of a source.</summary>
/// <param name="SourceCount">Images of the source, sound or not.</param>
/// <param name="FittedCount">Of these, brought to the model's size from another.</param>
/// <param name="InvertedCount">Of these, dark on light.</param>
/// <param name="ForeignCount">Of these, farther from the training images than nearly all of those themselves.</param>
/// <param name="Checksum">Of their pixels (<see cref="ImageBatch.Checksum"/>).</param>
/// <param name="Rows">The sound ones.</param>
/// <param name="Skipped">A line for each of the others.</param>
public sealed record LoggedRows(int SourceCount, int FittedCount, int InvertedCount, int ForeignCount, uint Checksum, EmbeddingRows Rows,
    IReadOnlyList<string> Skipped);
