using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Export.Quantization;
using Toolchain.Evaluate;
using Toolchain.Graph;
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
/// <param name="Cosine">Mean cosine similarity of both models' embeddings of the test images; null without embeddings.</param>
/// <param name="FloatAccuracy">k-NN accuracy (k=20) in float32; null without labels or embeddings.</param>
/// <param name="Accuracy">k-NN accuracy (k=20) of the quantized model.</param>
/// <param name="SameClusters">Share of test images that both models put into the same cluster; null without clusters.</param>
/// <param name="Images">Number of test images.</param>
sealed record QuantizedExport(
    OnnxModel Model, long Bytes, long FloatBytes, double? Cosine, double? FloatAccuracy, double? Accuracy, double? SameClusters, int Images)
{
    /// <summary>Number of calibration images by default.</summary>
    public const int CalibrationImages = 512;

    // Images of a calibration batch; training and test images of the comparison.
    const int BatchSize = 64, MostImages = 10_000, NeighbourCount = 20;

    // Accuracy that may be lost beside two images that chance decides; a quantized model that loses more is not written.
    const double MostLoss = .01, ChanceImages = 2;

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
            batches.Add(new Dictionary<string, TensorData> { [input.Name] = TensorData.Of(pixels, rows, 1, ImageSet.Side, ImageSet.Side) });
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
            EncoderSession[] sessions = [.. paths.Select(path => EncoderSession.Open(path))];
            try
            {
                Embeddings[] found = [.. sessions.Select(session => session.Run(test))];
                bool hasEmbedding = found[0].Dimension > 0;
                bool isScored = hasEmbedding && train.Labels is not null && test.Labels is not null && train.Sha256 != test.Sha256;
                double?[] accuracy =
                    [.. sessions.Zip(found, (session, asked) => isScored ? (double?)AccuracyOf(session.Run(train), train, asked, test)
                    : null)];
                var result = new QuantizedExport(quantized, saved[1].Bytes, saved[0].Bytes, hasEmbedding ? CosineOf(found[0], found[1])
                    : null,
                    accuracy[0], accuracy[1], found[0].Clusters is long[] clusters ? Same(clusters, found[1].Clusters!) : null, test.Count);
                return accuracy[0] - accuracy[1] > MostLoss + ChanceImages / test.Count
                    ? throw new CheckFailedException(
                        $"the quantized model loses too much accuracy: {result}; nothing was written. Try --calibration percentile, or "
                        + $"more images.")
                    : result;
            }
            finally
            {
                Array.ForEach(sessions, session => session.Dispose());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static double AccuracyOf(Embeddings known, ImageSet train, Embeddings asked, ImageSet test) => NearestNeighbours.Accuracy(
        new Rows(known.Values, known.Dimension), train.Labels,
        new Rows(asked.Values, asked.Dimension), test.Labels, [NeighbourCount])[0];

    static double Same(long[] a, long[] b) => a.Zip(b).Average(pair => pair.First == pair.Second ? 1.0 : 0);

    static double CosineOf(Embeddings a, Embeddings b)
    {
        double sum = 0;
        for (int row = 0; row < a.Count; row++)
        {
            (double product, double squaresA, double squaresB) = (0, 0, 0);
            for (int i = row * a.Dimension; i < (row + 1) * a.Dimension; i++)
            {
                product += (double)a.Values[i] * b.Values[i];
                squaresA += (double)a.Values[i] * a.Values[i];
                squaresB += (double)b.Values[i] * b.Values[i];
            }
            sum += squaresA > 0 && squaresB > 0 ? product / Math.Sqrt(squaresA * squaresB) : squaresA == squaresB ? 1 : 0;
        }
        return sum / a.Count;
    }

    /// <summary>One line for a person.</summary>
    public override string ToString()
    {
        string accuracy = Accuracy is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $", k-NN accuracy (k={NeighbourCount}) {FloatAccuracy:p2} before and {Accuracy:p2} after");
        string cosine = Cosine is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $", mean cosine similarity of the embeddings {Cosine:f5}");
        string clusters = SameClusters is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {SameClusters:p2} of the images in the same cluster");
        return string.Create(CultureInfo.InvariantCulture,
            $"int8: {FloatBytes:n0} bytes before, {Bytes:n0} after; on {Images:n0} test images{accuracy}{cosine}{clusters}")
            .Replace(" images,", " images:", StringComparison.Ordinal);
    }
}
