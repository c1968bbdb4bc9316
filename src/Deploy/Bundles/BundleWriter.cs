using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Inference;

namespace Toolchain.Deploy.Bundles;

/// <summary>A bundle in memory: a folder that proves itself in any runtime. The same model and images give the same bytes.</summary>
/// <param name="Files">Content by path; the manifest last.</param>
/// <param name="Variants">The forms of the model.</param>
/// <param name="Difference">Largest difference of ONNX Runtime to the test vectors, of numbers above 1 relative.</param>
sealed record BundleWriter(IReadOnlyList<KeyValuePair<string, byte[]>> Files, IReadOnlyList<ModelVariant> Variants, double Difference)
{
    /// <summary>Makes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">Its clusters and their names.</param>
    /// <param name="test">The named images, on which accuracies are stated.</param>
    /// <param name="card">The card that is there, whose owner's text stays; null for none.</param>
    /// <param name="make">Makes the forms of the model, given the clusters of the named images.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="CheckFailedException">ONNX Runtime does not agree with the evaluator.</exception>
    public static BundleWriter Make(BundleModel model, ClusterNames names, ImageSet test, string? card,
        Func<int[]?, ModelVariant[]> make, CancellationToken cancellation)
    {
        TestVectors vectors = TestVectors.Make(model, test);
        ModelVariant[] variants = make(names.ClustersOf(model.Session.Run(test, null, cancellation)));
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [BundleLayout.Card] = Text(new BundleCard(model, names, test, variants, vectors.Oracle).Text(card)),
            [RunLayout.Config] = BundleJson.Bytes(TransformersConfig.Model(model, names)),
            [BundleLayout.Preprocessor] = BundleJson.Bytes(TransformersConfig.Preprocessor(model.Session.Preprocess)),
            [BundleLayout.Clusters] = BundleJson.Bytes(names.ToJson()),
            [BundleLayout.Accuracy] = BundleJson.Bytes(Accuracy(model, test, variants, vectors.Oracle)),
            [BundleLayout.Triton] = Text(TritonConfig.Text(model)),
        };
        foreach ((string path, byte[] content) in vectors.Files.Concat(CheckScripts.All()).Concat(model.Companions).Concat(variants
            .Where(variant => variant.Bytes is not null).Select(variant => KeyValuePair.Create(variant.Path, variant.Bytes!))))
        {
            files[path] = content;
        }
        string manifest = string.Concat(files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Value))}  {file.Key}\n"));
        return new([.. files, KeyValuePair.Create(BundleLayout.Manifest, Text(manifest))], variants, vectors.Difference);
    }

    /// <summary>Writes all files, or none.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Save(string folder)
    {
        AtomicFile.WriteAll([.. Files.Select(file =>
            (Path.Combine(folder, file.Key), (Action<Stream>)(stream => stream.Write(file.Value))))]);
        // A form that an earlier bundle had and this one has not.
        foreach (string path in Variants.Where(variant => variant.Bytes is null).Select(variant => Path.Combine(folder, variant.Path)))
        {
            File.Delete(path);
        }
    }

    static JsonObject Accuracy(BundleModel model, ImageSet test, ModelVariant[] variants, string oracle)
    {
        var forms = new JsonObject();
        foreach (ModelVariant variant in variants)
        {
            forms[variant.Path] = variant.ToJson();
        }
        ImageShape shape = model.Session.Preprocess.Shape;
        return new()
        {
            ["model"] = BundleLayout.Model,
            ["input"] = new JsonObject
            {
                ["name"] = model.Graph.Inputs[0].Name,
                ["channels"] = shape.Channels,
                ["height"] = shape.Height,
                ["width"] = shape.Width,
            },
            ["outputs"] = BundleJson.Array(model.Outputs),
            ["images"] = new JsonObject
            {
                ["name"] = test.Name,
                ["split"] = test.Split.ToString().ToLowerInvariant(),
                ["count"] = test.Count,
                ["sha256"] = test.Sha256,
            },
            ["label_type"] = test.Classes is { Count: > 256 } ? "<u2" : "u1",
            ["variants"] = forms,
            ["vectors_by"] = oracle,
            ["measured_by"] = $"ONNX Runtime {RuntimeInfo.Version}, CPU",
            ["tolerances"] = Tolerances.ToJson(model, test.Count),
        };
    }

    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
