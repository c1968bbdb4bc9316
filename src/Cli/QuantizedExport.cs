using System.Globalization;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Export.Quantization;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Cli;

/// <summary>What `uvl export --quantize` writes weights and activations as.</summary>
enum Quantization
{
    /// <summary>8 bits.</summary>
    Int8,
}

/// <summary>A model in 8 bits, and how it compares with itself in float32.</summary>
/// <param name="Model">The quantized model.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="FloatBytes">Size of the model in float32.</param>
/// <param name="Comparison">Both on test images.</param>
sealed record QuantizedExport(OnnxModel Model, long Bytes, long FloatBytes, ModelComparison Comparison)
{
    /// <summary>Number of calibration images by default.</summary>
    public const int CalibrationImages = 512;

    // Images of a calibration batch; training and test images of the comparison.
    const int BatchSize = 64, MostImages = 10_000;

    /// <summary>Quantizes a model by evenly spaced training images, and compares both on the test images.</summary>
    /// <exception cref="CheckFailedException">The quantized model loses more than one point of accuracy.</exception>
    public static QuantizedExport Make(OnnxModel model, ImageSet train, ImageSet test, int images, CalibrationMethod calibration)
    {
        Value input = model.Inputs.Single();
        int count = Math.Min(images, train.Count);
        var batches = new List<IReadOnlyDictionary<string, TensorData>>();
        for (int start = 0; start < count; start += BatchSize)
        {
            int rows = Math.Min(BatchSize, count - start);
            float[] pixels = [.. Enumerable.Range(start, rows)
                .SelectMany(i => train.ToFloats((int)((long)i * train.Count / count), 1))];
            batches.Add(new Dictionary<string, TensorData> { [input.Name] = TensorData.Of(pixels, train.Shape.Axes(rows)) });
        }
        OnnxModel quantized;
        try
        {
            quantized = OnnxQuantizer.Quantize(model, batches, new() { Method = calibration, Runtime = Devices.OnnxRuntime });
        }
        catch (GraphException error)
        {
            throw new ArgumentException($"--quantize: expected a model that can be quantized, found another: {error.Message}", error);
        }
        quantized = quantized.WithMetadata(new Dictionary<string, string>(model.Metadata)
        {
            [ModelKeys.Quantization] = $"int8, {calibration.ToString().ToLowerInvariant()} of {count} training images",
        });
        return Compare(model, quantized, train.Take(MostImages), test.Take(MostImages));
    }

    static QuantizedExport Compare(OnnxModel model, OnnxModel quantized, ImageSet train, ImageSet test)
    {
        string folder = Directory.CreateTempSubdirectory("uvl-quantize-").FullName;
        try
        {
            string[] paths = [Path.Combine(folder, "float.onnx"), Path.Combine(folder, "int8.onnx")];
            SavedModel[] saved = [model.Save(paths[0]), quantized.Save(paths[1])];
            using EncoderSession original = EncoderSession.Open(paths[0]), changed = EncoderSession.Open(paths[1]);
            var result = new QuantizedExport(quantized, saved[1].Bytes, saved[0].Bytes,
                ModelComparison.Of(original, changed, train, test));
            return !result.Comparison.LosesAccuracy ? result : throw new CheckFailedException(
                $"the quantized model loses too much accuracy: {result}; nothing was written. Try --calibration percentile, or more "
                + "images.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One line for a person.</summary>
    public override string ToString()
    {
        string accuracy = Comparison.Accuracy is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $", k-NN accuracy (k={ModelComparison.NeighbourCount}) "
                + $"{Comparison.OriginalAccuracy:p2} before and {Comparison.Accuracy:p2} after");
        string cosine = Comparison.Cosine is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $", mean cosine similarity of the embeddings {Comparison.Cosine:f5}");
        string clusters = Comparison.SameClusters is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {Comparison.SameClusters:p2} of the images in the same cluster");
        return string.Create(CultureInfo.InvariantCulture,
            $"int8: {FloatBytes:n0} bytes before, {Bytes:n0} after; on {Comparison.Images:n0} test images{accuracy}{cosine}{clusters}")
            .Replace(" images,", " images:", StringComparison.Ordinal);
    }
}
