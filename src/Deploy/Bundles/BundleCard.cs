using System.Globalization;
using System.Text;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;
using Toolchain.Graph;

namespace Toolchain.Deploy.Bundles;

/// <summary>The card of a bundle: front matter as Hugging Face's hub reads it, then the model, its accuracy and its checks.</summary>
/// <param name="model">The model.</param>
/// <param name="names">Its clusters.</param>
/// <param name="test">The named images.</param>
/// <param name="variants">The forms of the model.</param>
/// <param name="oracle">What computed the test vectors.</param>
sealed class BundleCard(BundleModel model, ClusterNames names, ImageSet test, IReadOnlyList<ModelVariant> variants, string oracle)
{
    string Images => $"{test.Name}{(test.Split == Split.All ? "" : $" {test.Split.ToString().ToLowerInvariant()}")}";

    /// <summary>The text.</summary>
    /// <param name="earlier">The card that is there, whose owner's text stays; null for none.</param>
    public string Text(string? earlier) => CardText.Renew(earlier, FrontMatter(), Introduction().ReplaceLineEndings("\n"),
        $"{Tables()}{Use()}{Checks()}".ReplaceLineEndings("\n"));

    string FrontMatter()
    {
        var text = new StringBuilder();
        text.Append("---\nlibrary_name: onnx\npipeline_tag: image-feature-extraction\ntags:\n- onnx\n- onnxruntime\n- transformers.js\n"
            + "- unsupervised\n- clustering\n");
        text.Append(CultureInfo.InvariantCulture, $"datasets:\n- {Quote(test.Name)}\n");
        if (variants[0].Accuracy is double accuracy)
        {
            string split = test.Split.ToString().ToLowerInvariant();
            text.Append(CultureInfo.InvariantCulture, $"model-index:\n- name: {Quote(model.Name)}\n  results:\n  - task:\n")
                .Append("      type: image-clustering\n      name: Image clustering\n")
                .Append(CultureInfo.InvariantCulture, $"    dataset:\n      name: {Quote(test.Name)}\n      type: {Quote(test.Name)}\n")
                .Append(CultureInfo.InvariantCulture, $"      split: {split}\n")
                .Append("    metrics:\n    - type: accuracy\n      name: accuracy of named clusters\n")
                .Append(CultureInfo.InvariantCulture, $"      value: {accuracy:r}\n");
        }
        return text.Append("---\n").ToString();
    }

    // As YAML takes any text.
    static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    string Introduction()
    {
        string clusters = names.Centres is null ? $"gives one of {Printable.Count(names.Count, "cluster")}"
            : $"is followed by the nearest of {Printable.Count(names.Count, "k-means centre")} in `clusters.json`";
        string labels = ModelOutputs.LearntFromLabels(model.Session) ? "Its classifier was trained with labels."
            : names.ClassOfCluster is null ? "No labels were used: clusters have numbers for names."
            : "Labels were used for two things alone: to name clusters (`clusters.json`) and to score. Neither the encoder nor its "
                + "clusters were trained with them.";
        return $"""

            # {model.Name}

            An image encoder that {clusters}. {labels}


            """;
    }

    string Tables()
    {
        var text = new StringBuilder("| file | form | bytes | accuracy | same clusters |\n|---|---|---|---|---|\n");
        foreach (ModelVariant variant in variants)
        {
            text.Append(variant.ToRow()).Append('\n');
        }
        foreach ((string path, byte[] content) in model.Companions)
        {
            string form = Path.GetExtension(path) == ".onnx" ? $"its {Path.GetFileNameWithoutExtension(path)}" : "how it was trained";
            text.Append(CultureInfo.InvariantCulture, $"| `{path}` | {form} | {content.Length:n0} | | |\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"\nAccuracies are of the {test.Count:n0} images `{Images}`: the share whose cluster ")
            .Append("has the name of its class, in ONNX Runtime on a CPU.\n\n| | name | type |\n|---|---|---|\n");
        Value[] values = [.. model.Graph.Inputs, .. model.Graph.Outputs];
        foreach ((int i, Value value) in values.Index())
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {(i == 0 ? "input" : "output")} | `{value.Name}` | {value.Type.Element} {value.Shape} |\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"\nPixels are in [0,1]; pictures are fitted as {model.Session.Preprocess}. ")
            .Append(CultureInfo.InvariantCulture, $"Opset {model.Graph.Opset}.\n")
            .Append("\n| metadata | |\n|---|---|\n");
        foreach (string key in (string[])[ModelKeys.Method, ModelKeys.Version, ModelKeys.Seed, ModelKeys.Dataset, ModelKeys.DatasetSha256])
        {
            if (model.Session.Metadata.TryGetValue(key, out string? value))
            {
                string cell = Printable.Line(value).Replace("|", "\\|", StringComparison.Ordinal);
                text.Append(CultureInfo.InvariantCulture, $"| `{key}` | {cell} |\n");
            }
        }
        return text.ToString();
    }

    string Use()
    {
        ImageShape shape = model.Session.Preprocess.Shape;
        string sizes = string.Create(CultureInfo.InvariantCulture, $"{shape.Channels}, {shape.Height}, {shape.Width}");
        // What transformers.js calls the file that was exported, whatever its type.
        string[] dtypes = [.. variants.Where(variant => variant.Bytes is not null).Select(variant => variant.Path switch
        {
            BundleLayout.Half => "fp16",
            BundleLayout.Quantized => "q8",
            _ => "fp32",
        })];
        string others = dtypes.Length > 1 ? $"; or {string.Join(", ", dtypes[..^1])}" : "";
        return $$"""

            ## Use it
            ```python
            session = onnxruntime.InferenceSession("onnx/model.onnx")
            outputs = session.run(None, {"image": images})  # float32 [N, {{sizes}}]
            ```
            ```js
            const model = await AutoModel.from_pretrained(FOLDER, { dtype: '{{dtypes[^1]}}' }); // transformers.js{{others}}
            const outputs = await model({ image: new Tensor('float32', pixels, [n, {{sizes}}]) });
            ```

            """;
    }

    string Checks() => $"""

        ## Check it
        `sha256sum -c MANIFEST` checks the files. Each script runs the model in another runtime on the test vectors and on a folder of IDX
        files (Python: or of PNG files), prints accuracy and the largest difference, and ends with 1 on a miss. Expected figures and
        tolerances are in `accuracy.json`; the outputs of the test vectors were computed by the {oracle}.

        | runtime | command | needs |
        |---|---|---|
        | Python onnxruntime | `python3 check/check_onnxruntime.py . DATA` | `pip install onnxruntime` |
        | Python onnx, reference evaluator | `python3 check/check_reference.py . DATA` | `pip install onnx` |
        | OpenCV | `python3 check/check_opencv.py . DATA` | `pip install opencv-python-headless` |
        | onnxruntime-node | `node check/check_node.cjs . DATA` | `npm install onnxruntime-node` |
        | onnxruntime-web | serve the folder, open `check/check_web.html?data=URL/&ort=URL/ort.wasm.min.mjs` | its files at URL |
        | C# | `dotnet run check/check.cs -- . DATA` | .NET 10 SDK |
        | all that are found | `uvl crosscheck .` | uvl |

        ## Serve it
        Triton Inference Server: its model repository wants `config.pbtxt` as `NAME/config.pbtxt`, `onnx/model.onnx` as `NAME/1/model.onnx`.

        """;
}
