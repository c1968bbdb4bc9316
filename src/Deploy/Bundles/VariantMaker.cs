using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;
using Toolchain.Graph.Quantization;
using Toolchain.Inference;

namespace Toolchain.Deploy.Bundles;

/// <summary>Makes the forms of a model, and scores each on the named images.</summary>
/// <param name="model">The model.</param>
/// <param name="names">Its clusters and their names.</param>
/// <param name="train">Images to calibrate by.</param>
/// <param name="test">The named images.</param>
/// <param name="clusters">Clusters of the named images by the model as exported; null without.</param>
sealed class VariantMaker(BundleModel model, ClusterNames names, ImageSet train, ImageSet test, int[]? clusters)
{
    // Calibration images, and those of a batch.
    const int CalibrationImages = 512, BatchSize = 64;

    // Accuracy that 8 bits may cost; and the share of an activation's values that the second attempt keeps, per cent.
    const double MostLoss = .01, Percentile = 99.99;

    /// <summary>The forms: as exported, float16, 8 bits.</summary>
    /// <param name="cancellation">Stops between batches.</param>
    public ModelVariant[] Make(CancellationToken cancellation)
    {
        ModelVariant exported = Exported(model, names, test, clusters);
        return [exported, Half(cancellation), Quantized(exported, cancellation)];
    }

    /// <summary>The form that was exported.</summary>
    public static ModelVariant Exported(BundleModel model, ClusterNames names, ImageSet test, int[]? clusters) =>
        new(BundleLayout.Model, "as exported", model.Bytes, names.Accuracy(clusters, test), clusters is null ? null : 1, null);

    ModelVariant Half(CancellationToken cancellation)
    {
        const string words = "float16";
        if (model.Graph.Initializers.Select(pair => pair.Value.Type)
            .FirstOrDefault(type => type is ElementType.Float16 or ElementType.BFloat16) is not default(ElementType) and var half)
        {
            return Missing(BundleLayout.Half, words, $"`{BundleLayout.Model}` is {half.ToString().ToLowerInvariant()} already");
        }
        try
        {
            return Scored(BundleLayout.Half, words, HalfPrecision.Apply(model.Graph), cancellation);
        }
        catch (Exception error) when (error is GraphException or InvalidModelException)
        {
            return Missing(BundleLayout.Half, words, error.Message);
        }
    }

    ModelVariant Quantized(ModelVariant exported, CancellationToken cancellation)
    {
        const string words = "8 bits (QDQ)";
        try
        {
            ModelVariant? found = null;
            foreach (double? percentile in (double?[])[null, Percentile])
            {
                OnnxModel quantized = CalibratedQuantization.Quantize(model.Graph, Batches(), percentile, OnnxRuntimeCheck.Run);
                found = Scored(BundleLayout.Quantized, words, quantized.WithMetadata(new Dictionary<string, string>(model.Graph.Metadata)
                {
                    [ModelKeys.Quantization] = FormattableString.Invariant($"int8, {(percentile is null ? "minmax" : "percentile")} of ")
                        + FormattableString.Invariant($"{Math.Min(CalibrationImages, train.Count)} training images"),
                }), cancellation);
                if (!(exported.Accuracy - found.Accuracy > MostLoss))
                {
                    return found;
                }
            }
            return found! with { Bytes = null, Reason = $"accuracy falls to {ModelVariant.Share(found.Accuracy)}" };
        }
        catch (Exception error) when (error is GraphException or InvalidModelException)
        {
            return Missing(BundleLayout.Quantized, words, error.Message);
        }
    }

    IReadOnlyDictionary<string, TensorData>[] Batches()
    {
        int count = Math.Min(CalibrationImages, train.Count);
        return [.. Enumerable.Range(0, count).Chunk(BatchSize).Select(rows => new Dictionary<string, TensorData>
        {
            [model.Graph.Inputs[0].Name] = TensorData.Of(
                [.. rows.SelectMany(row => train.ToFloats((int)((long)row * train.Count / count), 1))], train.Shape.Axes(rows.Length)),
        })];
    }

    ModelVariant Scored(string path, string words, OnnxModel changed, CancellationToken cancellation)
    {
        byte[] bytes = changed.ToBytes();
        string folder = Directory.CreateTempSubdirectory("uvl-bundle-").FullName;
        try
        {
            string file = Path.Combine(folder, RunLayout.Model);
            File.WriteAllBytes(file, bytes);
            using EncoderSession session = EncoderSession.Open(file, new() { Device = ComputeDevice.Cpu });
            int[]? found = names.ClustersOf(session.Run(test, null, cancellation));
            return new(path, words, bytes, names.Accuracy(found, test), found is null || clusters is null ? null
                : found.Zip(clusters).Count(pair => pair.First == pair.Second) / (double)found.Length, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static ModelVariant Missing(string path, string words, string reason) =>
        new(path, words, null, null, null, Printable.Line(reason.TrimEnd('.')));
}
