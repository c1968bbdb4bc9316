namespace Toolchain.Data.Embeddings;

/// <summary>Some neighbouring rows of a table, as views; a column that the table lacks is empty.</summary>
/// <param name="Names">M names, such as file names.</param>
/// <param name="Embeddings">M * D values, row after row.</param>
/// <param name="Labels">M classes in [0..K).</param>
/// <param name="Clusters">M clusters.</param>
/// <param name="Probabilities">M * K values, row after row.</param>
/// <param name="Novelty">M scores from 0 on; above 1 an image is foreign.</param>
public readonly record struct EmbeddingRows(
    ReadOnlyMemory<string> Names, ReadOnlyMemory<float> Embeddings, ReadOnlyMemory<int> Labels, ReadOnlyMemory<long> Clusters,
    ReadOnlyMemory<float> Probabilities, ReadOnlyMemory<float> Novelty = default)
{
    /// <summary>M.</summary>
    public int Count => Names.Length;
}
