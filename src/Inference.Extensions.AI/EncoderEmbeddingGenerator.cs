using Microsoft.Extensions.AI;
using Toolchain.Data;
using Toolchain.Data.Sources;

namespace Toolchain.Inference.Extensions.AI;

/// <summary>
/// An encoder as a generator of Microsoft.Extensions.AI: from pictures (PNG, PGM, JPEG, WebP, BMP or GIF files, in any size and polarity)
/// to vectors of D numbers. Each picture is fitted and judged by itself, so that a vector does not depend on the others of a call, and is
/// the one that <c>uvl embed</c> writes for the file alone. May be used from many threads.
/// </summary>
public sealed class EncoderEmbeddingGenerator : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    const int ShownDigits = 12;

    readonly EncoderSession encoder;
    readonly bool leaveOpen;
    readonly EmbeddingGeneratorMetadata metadata;

    /// <summary>Wraps an encoder.</summary>
    /// <param name="encoder">The encoder; it must have an embedding.</param>
    /// <param name="leaveOpen">False to dispose the encoder with this generator; true to leave that to the caller.</param>
    /// <exception cref="ArgumentException">The model has clusters alone, no embedding.</exception>
    public EncoderEmbeddingGenerator(EncoderSession encoder, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        if (encoder.Dimension == 0)
        {
            throw new ArgumentException($"'{encoder.Path}': expected a model with the output {encoder.Layer}, found none.");
        }
        (this.encoder, this.leaveOpen) = (encoder, leaveOpen);
        string method = encoder.Metadata.GetValueOrDefault(ModelKeys.Method, Path.GetFileNameWithoutExtension(encoder.Path));
        metadata = new("uvl", defaultModelId: $"{method}:{encoder.Sha256[..ShownDigits]}", defaultModelDimensions: encoder.Dimension);
    }

    /// <summary>Opens a model file; the generator owns what it opens.</summary>
    /// <param name="path">A <c>model.onnx</c>.</param>
    /// <param name="options">Threads, device and layer; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It is no ONNX model, or its input or outputs are not those of the contract.</exception>
    /// <exception cref="ArgumentException">The model has clusters alone, no embedding.</exception>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    public static EncoderEmbeddingGenerator Open(string path, EncoderOptions? options = null)
    {
        EncoderSession encoder = EncoderSession.Open(path, options);
        try
        {
            return new(encoder);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Embeds pictures, in order; the work is done on the thread pool.</summary>
    /// <param name="values">Picture files of a media type image/*; their names, where they have some, are those of errors.</param>
    /// <param name="options">Null, or the model and dimension that are expected of the encoder, which has one of each.</param>
    /// <param name="cancellationToken">Stops between pictures and between batches.</param>
    /// <returns>A vector of D numbers for each picture.</returns>
    /// <exception cref="ArgumentException">A content is no picture by its media type, or the options ask for another model or dimension.
    /// </exception>
    /// <exception cref="InvalidDataException">A picture is damaged, too large or an animation.</exception>
    /// <exception cref="ObjectDisposedException">The encoder was disposed.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        DataContent[] pictures = [.. values];
        Require(pictures, options);
        return Task.Run(() => Generate(pictures, cancellationToken), cancellationToken);
    }

    /// <summary>The generator's <see cref="EmbeddingGeneratorMetadata"/>, its <see cref="EncoderSession"/>, or itself.</summary>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata
            : serviceType == typeof(EncoderSession) ? encoder
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!leaveOpen)
        {
            encoder.Dispose();
        }
    }

    GeneratedEmbeddings<Embedding<float>> Generate(DataContent[] pictures, CancellationToken cancellation)
    {
        if (pictures.Length == 0)
        {
            return [];
        }
        ImageSourceOptions options = new ImageSourceOptions { Offline = true }.For(encoder.Preprocess);
        int size = encoder.Preprocess.Shape.Size;
        byte[] pixels = new byte[checked(pictures.Length * size)];
        for (int i = 0; i < pictures.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ImageSet one = ImageSource.OpenPicture(pictures[i].Data, pictures[i].Name ?? $"picture {i}", options);
            one.Pixels.CopyTo(pixels.AsSpan(i * size));
        }
        var images = new ImageSet("contents", Split.All, pixels, new() { Preprocess = encoder.Preprocess });
        Embeddings found = encoder.Run(images, null, cancellation);
        return [.. Enumerable.Range(0, found.Count).Select(i =>
            new Embedding<float>(found.Values.AsMemory(i * found.Dimension, found.Dimension)) { ModelId = metadata.DefaultModelId })];
    }

    void Require(DataContent[] pictures, EmbeddingGenerationOptions? options)
    {
        int other = Array.FindIndex(pictures, picture => !picture.HasTopLevelMediaType("image"));
        if (other >= 0)
        {
            throw new ArgumentException($"'values[{other}]': expected a picture (image/*), found {pictures[other].MediaType}.");
        }
        if (options?.ModelId is string model && model != metadata.DefaultModelId)
        {
            throw new ArgumentException($"'{nameof(options.ModelId)}' must be {metadata.DefaultModelId} or null, was {model}.");
        }
        if (options?.Dimensions is int dimension && dimension != encoder.Dimension)
        {
            throw new ArgumentException($"'{nameof(options.Dimensions)}' must be {encoder.Dimension} or null, was {dimension}.");
        }
    }
}
