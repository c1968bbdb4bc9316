using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Data;

namespace Toolchain.Deploy.Bundles;

/// <summary>The two files that transformers.js and Hugging Face's hub read.</summary>
static class TransformersConfig
{
    /// <summary>Sizes and names of clusters.</summary>
    public static JsonObject Model(BundleModel model, ClusterNames names)
    {
        ImageShape shape = model.Session.Preprocess.Shape;
        (JsonObject nameOf, JsonObject clusterOf) = (new(), new());
        for (int cluster = 0; cluster < names.Count; cluster++)
        {
            string name = names.NameOf(cluster);
            nameOf[cluster.ToString(CultureInfo.InvariantCulture)] = name;
            clusterOf[name] = cluster;
        }
        return new()
        {
            ["model_type"] = "uvl",
            ["num_channels"] = shape.Channels,
            ["image_size"] = Size(shape),
            ["hidden_size"] = model.Session.Dimension,
            ["num_labels"] = names.Count,
            ["id2label"] = nameOf,
            ["label2id"] = clusterOf,
            ["outputs"] = BundleJson.Array(model.Outputs),
            ["transformers.js_config"] = new JsonObject { ["dtype"] = "fp32" },
        };
    }

    /// <summary>How pictures become the input: size, scale by 1/255, no normalisation; and how uvl fits pictures, which is more.</summary>
    public static JsonObject Preprocessor(Preprocess preprocess) => new()
    {
        ["image_processor_type"] = "ViTImageProcessor",
        ["do_resize"] = true,
        ["size"] = Size(preprocess.Shape),
        ["do_convert_rgb"] = preprocess.Shape.IsRgb,
        ["do_rescale"] = true,
        ["rescale_factor"] = 1 / 255.0,
        ["do_normalize"] = false,
        ["uvl_fit"] = Preprocess.Word(preprocess.Fit),
        ["uvl_polarity"] = preprocess.Polarity.ToString().ToLowerInvariant(),
    };

    static JsonObject Size(ImageShape shape) => new() { ["height"] = shape.Height, ["width"] = shape.Width };
}
