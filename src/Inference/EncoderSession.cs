using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;

namespace Toolchain.Inference;

/// <summary>
/// A model of the contract, ready to run: input <c>image</c> float32 [N,C,H,W] with pixels in [0,1]; outputs <c>embedding</c> float32
/// [N,D], <c>probability</c> float32 [N,K] and <c>cluster</c> int64 [N], those that it has. May be used from many threads.
/// </summary>
public sealed class EncoderSession : IDisposable
{
    /// <summary>
    /// Images that run together on a processor; the last batch is padded. One size for all, so that the result cannot depend on how images
    /// are grouped. 64 keeps activations in the cache: larger batches are not faster (docs/benchmarks/embedding.md).
    /// </summary>
    public const int BatchSize = 64;

    // A GPU wants more at a time.
    const int DeviceBatchSize = 1024;

    // One being decoded, one waiting, one running, one being written.
    const int SlotsPerWorker = 4;

    readonly InferenceSession session;
    readonly int batchSize, workers;
    readonly string layer;
    readonly string[] outputs;
    bool isDisposed;

    EncoderSession(ModelBytes model, InferenceSession session, bool onDevice, EncoderOptions options, ImageShape shape)
    {
        batchSize = onDevice ? DeviceBatchSize : BatchSize;
        workers = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        Device = onDevice ? ComputeDevice.Cuda : ComputeDevice.Cpu;
        this.session = session;
        Path = model.Path;
        Sha256 = model.Sha256;
        SizeBytes = model.SizeBytes;
        layer = options.Layer;
        outputs = [.. Contract.Outputs.Select(output => output == "embedding" ? layer : output).Where(session.OutputMetadata.ContainsKey)];
        Metadata = session.ModelMetadata.CustomMetadataMap;
        ClusterDigits = DigitsOf(Metadata, Path);
        Preprocess = PreprocessOf(Metadata, shape, Path);
        // Centres of embeddings say nothing about another layer.
        Novelty = Metadata.TryGetValue(ModelKeys.Novelty, out string? text) && layer == "embedding" ? Novelty.Parse(text, Path) : null;
        if (Novelty is not null && Novelty.Dimension != Dimension)
        {
            throw new InvalidModelException($"'{Path}': metadata '{ModelKeys.Novelty}': expected {Dimension} numbers a centre, found "
                + $"{Novelty.Dimension}; calibrate the model again.");
        }
    }

    /// <summary>Where the model was read from.</summary>
    public string Path { get; }

    /// <summary>Digest of the file, 64 hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>Size of the file, and of those beside it that hold weights.</summary>
    public long SizeBytes { get; }

    /// <summary>The texts in the file, such as <see cref="ModelKeys.Method"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>D, or 0 where the model gives no embedding; of a layer with several axes behind N, the product of their sizes.</summary>
    public int Dimension => Columns(layer);

    /// <summary>The output that is taken as the embedding.</summary>
    public string Layer => layer;

    /// <summary>K, or 0 where the model gives no probability.</summary>
    public int ClusterCount => Columns("probability");

    /// <summary>Whether the model names a cluster for each image.</summary>
    public bool HasClusters => session.OutputMetadata.ContainsKey("cluster");

    /// <summary>How a picture becomes the model's input: how those that it was trained on did.</summary>
    public Preprocess Preprocess { get; }

    /// <summary>The digit of each of the model's own clusters, -1 for none, as labels named them; null where none did.</summary>
    public IReadOnlyList<int>? ClusterDigits { get; }

    /// <summary>Tells images that are unlike the training images; null where the model was not calibrated.</summary>
    public Novelty? Novelty { get; }

    /// <summary>Where the model runs: Cpu or Cuda.</summary>
    public ComputeDevice Device { get; }

    /// <summary>Images in one run of the model; shards and batches start at multiples of it.</summary>
    internal int RowsPerBatch => batchSize;

    /// <summary>Opens a model file and checks its contract.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It is no ONNX model, or its input or outputs are not those of the contract.</exception>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    public static EncoderSession Open(string path, EncoderOptions? options = null)
    {
        options ??= new EncoderOptions();
        ModelBytes model = ModelBytes.Read(path);
        model.RequireManifest();
        options.Trial?.Require(model);
        (InferenceSession session, bool onDevice) = Sessions.Open(model, options.Device);
        try
        {
            ImageShape shape = Contract.Check(session, path, options.Layer);
            return new EncoderSession(model, session, onDevice, options, shape);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs all images, in order.</summary>
    /// <param name="data">At least one image.</param>
    /// <param name="progress">Told the number of images done after each batch; null for silence.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">There are no images, or they are of another shape than the model takes.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public Embeddings Run(ImageSet data, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        if (data.Count == 0)
        {
            throw new ArgumentException($"'{nameof(data)}' must hold at least one image, held 0.", nameof(data));
        }
        var result = new Embeddings(data.Count, Dimension, ClusterCount, HasClusters);
        Run(ImageSource.Of(data), long.MaxValue, slot =>
        {
            int start = (int)slot.Images.First, count = slot.Images.Count;
            Array.Copy(slot.Embedding, 0L, result.Values, (long)start * Dimension, (long)count * Dimension);
            Array.Copy(slot.Probability, 0L, result.Probabilities, (long)start * ClusterCount, (long)count * ClusterCount);
            slot.Cluster.AsSpan(0, HasClusters ? count : 0).CopyTo(result.Clusters.AsSpan(HasClusters ? start : 0));
            progress?.Report(start + count);
        }, cancellation);
        return result;
    }

    /// <summary>Runs images of a source from where it stands; <paramref name="take"/> gets batch after batch in order.</summary>
    internal void Run(ImageStream source, long count, Action<Slot> take, CancellationToken cancellation, bool isEndless = false)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this); // the native library would crash
        if (source.Preprocess.Shape != Preprocess.Shape)
        {
            throw new ArgumentException($"'{source.Name}': expected images of {Preprocess.Shape}, which '{Path}' takes, found "
                + $"{source.Preprocess.Shape}.");
        }
        // A pipe, whose length is not known, goes through one where it is not said to be long.
        int size = isEndless && source.Count is null ? workers : (int)Math.Clamp(((source.Count ?? 1) - 1) / batchSize + 1, 1, workers);
        Slot[] slots =
            [.. Enumerable.Range(0, SlotsPerWorker * size).Select(_ => new Slot(session, new ImageBatch(batchSize, Preprocess.Shape),
                Axes(layer), ClusterCount, outputs))];
        try
        {
            new Pipeline(session, slots, size).Run(source, count, Checked, cancellation).GetAwaiter().GetResult();
        }
        catch (OnnxRuntimeException error)
        {
            throw Sessions.CannotRun(Path, error);
        }
        finally
        {
            Array.ForEach(slots, slot => slot.Dispose());
        }

        void Checked(Slot slot)
        {
            if (slot.NotFinite(Dimension, ClusterCount) is var (row, value))
            {
                throw Broken(row,
                    float.IsFinite(value) ? $"embeddings of at most {EmbeddingTable.LargestMagnitude:g} in magnitude" : "finite embeddings",
                    value.ToString(CultureInfo.InvariantCulture), "was trained to divergence");
            }
            if (HasClusters && slot.OutOfRange(ClusterCount) is var (image, cluster))
            {
                throw Broken(image, ClusterCount > 0 ? $"clusters in [0..{ClusterCount - 1}]" : "clusters of at least 0",
                    cluster.ToString(CultureInfo.InvariantCulture), "does not follow the contract");
            }
            take(slot);

            InvalidModelException Broken(int row, string expected, string found, string cause)
            {
                string name = slot.Images.Names[row] is string known ? $" ('{known}')" : "";
                return new(string.Create(CultureInfo.InvariantCulture,
                    $"'{Path}': expected {expected}, found {found} in row {slot.Images.First + row}{name}; the model is broken or "
                        + $"{cause}."));
            }
        }
    }

    static Preprocess PreprocessOf(IReadOnlyDictionary<string, string> metadata, ImageShape shape, string path)
    {
        try
        {
            return Preprocess.Of(metadata, shape, path);
        }
        catch (InvalidDataException other)
        {
            throw new InvalidModelException(other.Message, other);
        }
    }

    static int[]? DigitsOf(IReadOnlyDictionary<string, string> metadata, string path)
    {
        if (!metadata.TryGetValue(ModelKeys.ClusterDigits, out string? text))
        {
            return null;
        }
        try
        {
            int[] digits = [.. JsonNode.Parse(text)!.AsArray().Select(digit => (int)digit!)];
            bool isWhole = !int.TryParse(metadata.GetValueOrDefault(ModelKeys.Clusters), out int clusters) || digits.Length == clusters;
            return isWhole && Array.TrueForAll(digits, digit => digit is >= -1 and < ImageClasses.Most) ? digits
                : throw new FormatException();
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new InvalidModelException($"'{path}': metadata 'uvl.cluster_digits': expected a digit for each cluster, such as "
                + "[3,0,-1], found otherwise.", damaged);
        }
    }

    /// <summary>Lends buffers for batches of a size, with drawn digits in them, and what runs them; for measurements.</summary>
    internal void UseSlot(int size, Action<Slot, Action<Slot>> use)
    {
        using RunOptions options = Sessions.Quiet();
        using var slot = new Slot(session, new ImageBatch(size, Preprocess.Shape), Axes(layer), ClusterCount, outputs);
        using ImageStream data = ImageSource.OpenStream($"strokes:{size}", Split.All, new ImageSourceOptions().For(Preprocess));
        data.Read(slot.Images, size);
        use(slot, filled => filled.Run(session, options));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        session.Dispose();
    }

    // Sizes of an output behind its images.
    int[] Axes(string output) => session.OutputMetadata.TryGetValue(output, out NodeMetadata? metadata) ? metadata.Dimensions[1..] : [0];

    int Columns(string output) => Axes(output).Aggregate(1, (product, size) => product * size);
}
