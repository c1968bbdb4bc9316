using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>
/// A model of the contract, ready to run: input <c>image</c> float32 [N,1,28,28] with pixels in [0,1]; outputs <c>embedding</c> float32 [N,D],
/// <c>probability</c> float32 [N,K] and <c>cluster</c> int64 [N], those that it has. May be used from many threads.
/// </summary>
public sealed class EncoderSession : IDisposable
{
    // Batches of one size, the last one padded: the result cannot depend on how images are grouped. 64 keeps activations in the cache.
    const int BatchSize = 64;

    readonly InferenceSession session;
    readonly string[] outputs;

    EncoderSession(string path, byte[] model, InferenceSession session)
    {
        this.session = session;
        Path = path;
        Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(model));
        SizeBytes = model.Length;
        outputs = [.. Contract.Outputs.Where(session.OutputMetadata.ContainsKey)];
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    /// <summary>Where the model was read from.</summary>
    public string Path { get; }

    /// <summary>Digest of the file, 64 hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>Size of the file.</summary>
    public int SizeBytes { get; }

    /// <summary>The texts in the file, such as "uvl.method".</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>D, or 0 where the model gives no embedding.</summary>
    public int Dimension => Columns("embedding");

    /// <summary>K, or 0 where the model gives no probability.</summary>
    public int ClusterCount => Columns("probability");

    /// <summary>Opens a model file and checks its contract.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It is no ONNX model, or its input or outputs are not those of the contract.</exception>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    public static EncoderSession Open(string path, EncoderOptions? options = null)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{path}': no such file; expected a model.onnx that 'uvl train' or 'uvl export' wrote.", path);
        }
        byte[] model = File.ReadAllBytes(path);
        InferenceSession session = Sessions.Open(model, path, options ?? new EncoderOptions());
        try
        {
            Contract.Check(session, path);
            return new EncoderSession(path, model, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs all images, in order.</summary>
    /// <param name="digits">At least one image.</param>
    /// <param name="progress">Told the number of images done after each batch; null for silence.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public Embeddings Run(DigitSet digits, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        if (digits.Count == 0)
        {
            throw new ArgumentException($"'{nameof(digits)}' must hold at least one image, held 0.", nameof(digits));
        }
        var pixels = new float[BatchSize * DigitSet.PixelCount];
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [BatchSize, 1, DigitSet.Side, DigitSet.Side]);
        var batch = new BatchOutputs(BatchSize, Dimension, ClusterCount, outputs);
        using var options = new RunOptions();
        var result = new Embeddings(digits.Count, Dimension, ClusterCount, outputs.Contains("cluster"));
        using (batch)
        {
            for (int start = 0; start < digits.Count; start += BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(BatchSize, digits.Count - start);
                Widen(digits.Pixels.AsSpan(start * DigitSet.PixelCount, count * DigitSet.PixelCount), pixels);
                session.Run(options, ["image"], [input], outputs, batch.Values);
                batch.CopyTo(result, start, count);
                progress?.Report(start + count);
            }
        }
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    static void Widen(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = source[i] / 255f;
        }
        target[source.Length..].Clear();
    }

    int Columns(string output) => session.OutputMetadata.TryGetValue(output, out NodeMetadata? metadata) ? metadata.Dimensions[1] : 0;
}
