using Microsoft.ML.OnnxRuntime;

namespace Toolchain.Inference;

/// <summary>Buffers for the outputs of one batch, made once and written by every run.</summary>
sealed class BatchOutputs : IDisposable
{
    readonly float[] embedding, probability;
    readonly long[] cluster;

    public BatchOutputs(int batchSize, int dimension, int clusterCount, string[] outputs)
    {
        (embedding, probability, cluster) = (new float[batchSize * dimension], new float[batchSize * clusterCount], new long[batchSize]);
        Values = [.. outputs.Select(output => output switch
        {
            "embedding" => OrtValue.CreateTensorValueFromMemory(embedding, [batchSize, dimension]),
            "probability" => OrtValue.CreateTensorValueFromMemory(probability, [batchSize, clusterCount]),
            _ => OrtValue.CreateTensorValueFromMemory(cluster, [batchSize]),
        })];
    }

    public OrtValue[] Values { get; }

    /// <summary>Copies the first <paramref name="count"/> rows to row <paramref name="start"/> on.</summary>
    public void CopyTo(Embeddings result, int start, int count)
    {
        Copy(embedding, result.Values, result.Dimension);
        Copy(probability, result.Probabilities, result.ClusterCount);
        if (result.Clusters is not null)
        {
            Copy(cluster, result.Clusters, 1);
        }

        void Copy<T>(T[] from, T[] to, int width) => Array.Copy(from, 0L, to, (long)start * width, (long)count * width);
    }

    public void Dispose()
    {
        foreach (OrtValue value in Values)
        {
            value.Dispose();
        }
    }
}
