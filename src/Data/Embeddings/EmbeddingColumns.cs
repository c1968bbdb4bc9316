namespace Toolchain.Data;

/// <summary>The columns of a table of embeddings beside the name, which it always has.</summary>
/// <param name="Dimension">Numbers per embedding (D); 0 for none.</param>
/// <param name="HasLabels">Whether digits are known.</param>
/// <param name="HasClusters">Whether there is a cluster for each image.</param>
/// <param name="ClusterCount">Probabilities per image (K); 0 for none.</param>
public sealed record EmbeddingColumns(int Dimension, bool HasLabels, bool HasClusters, int ClusterCount);

/// <summary>Some neighbouring rows of a table, as views; a column that the table lacks is empty.</summary>
/// <param name="Names">M names, such as file names.</param>
/// <param name="Embeddings">M * D values, row after row.</param>
/// <param name="Labels">M digits in [0..9].</param>
/// <param name="Clusters">M clusters.</param>
/// <param name="Probabilities">M * K values, row after row.</param>
public readonly record struct EmbeddingRows(ReadOnlyMemory<string> Names, ReadOnlyMemory<float> Embeddings, ReadOnlyMemory<byte> Labels, ReadOnlyMemory<long> Clusters, ReadOnlyMemory<float> Probabilities)
{
    /// <summary>M.</summary>
    public int Count => Names.Length;
}
