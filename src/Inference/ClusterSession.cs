using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>
/// Clusters of vectors, ready to run: input <c>embedding</c> float32 [N,D]; outputs <c>cluster</c> int64 [N] and <c>distance</c> float32
/// [N].
/// </summary>
public sealed class ClusterSession : IDisposable
{
    // Rows of a run: their products stay in the cache.
    const int Batch = 1024;

    static readonly string[] outputs = ["cluster", "distance"];

    readonly InferenceSession session;
    readonly string path;

    ClusterSession(InferenceSession session, string path)
    {
        (this.session, this.path) = (session, path);
        IReadOnlyDictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
        bool isSound = session.InputMetadata.TryGetValue("embedding", out NodeMetadata? input) && input.Dimensions is [_, > 0]
            && outputs.All(session.OutputMetadata.ContainsKey);
        if (!isSound || !metadata.TryGetValue(ModelKeys.ClusterShares, out string? shares)
            || !metadata.TryGetValue(ModelKeys.ClusterDistance, out string? distance))
        {
            throw new InvalidModelException($"'{path}': expected clusters of vectors (input 'embedding', outputs 'cluster' and "
                + "'distance'), found another model; fit them with 'uvl cluster VECTORS --k 10 --out clusters.onnx'.");
        }
        Width = input!.Dimensions[1];
        try
        {
            Shares = [.. JsonNode.Parse(shares)!.AsArray().Select(share => share!.GetValue<double>())];
            Near = float.Parse(distance, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidModelException($"'{path}': metadata '{ModelKeys.ClusterShares}' and '{ModelKeys.ClusterDistance}': expected "
                + "numbers, found other text; fit the clusters again.", error);
        }
    }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>Share of the fitted rows that each cluster has, [K].</summary>
    public double[] Shares { get; }

    /// <summary>What 99 % of the fitted rows are nearer than to the mean of their cluster.</summary>
    public float Near { get; }

    /// <summary>Opens a file of <c>uvl cluster VECTORS --out clusters.onnx</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads inside one operator; 0 takes one for each processor core.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It holds something else.</exception>
    public static ClusterSession Open(string path, int threads = 0) =>
        new(Sessions.Open(File.ReadAllBytes(path), path, ComputeDevice.Cpu, threads).Session, path);

    /// <summary>The cluster of each row, and the distance from its mean.</summary>
    /// <param name="rows">Rows [N,D]; they may lie in a mapped file.</param>
    /// <param name="clusters">Gets the clusters, [N].</param>
    /// <param name="distances">Gets the distances, [N].</param>
    /// <exception cref="InvalidModelException">The runtime cannot run the model.</exception>
    public void Run(ReadOnlySpan<float> rows, Span<long> clusters, Span<float> distances)
    {
        float[] block = new float[Batch * Width];
        using RunOptions quiet = Sessions.Quiet();
        for (int first = 0; first < clusters.Length; first += Batch)
        {
            int count = Math.Min(Batch, clusters.Length - first);
            rows.Slice(first * Width, count * Width).CopyTo(block);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, block.AsMemory(0, count * Width),
                [count, Width]);
            try
            {
                using IDisposableReadOnlyCollection<OrtValue> found = session.Run(quiet, ["embedding"], [input], outputs);
                found[0].GetTensorDataAsSpan<long>().CopyTo(clusters[first..]);
                found[1].GetTensorDataAsSpan<float>().CopyTo(distances[first..]);
            }
            catch (OnnxRuntimeException error)
            {
                throw Sessions.CannotRun(path, error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
