namespace Toolchain.Deploy.Bundles;

/// <summary>Names of the files of a bundle (docs/guides/deploy.md).</summary>
static class BundleLayout
{
    /// <summary>The model in float32, or as it was exported.</summary>
    public const string Model = "onnx/model.onnx";

    /// <summary>The model in float16.</summary>
    public const string Half = "onnx/model_fp16.onnx";

    /// <summary>The model in 8 bits.</summary>
    public const string Quantized = "onnx/model_quantized.onnx";

    /// <summary>Expected figures, digests and tolerances.</summary>
    public const string Accuracy = "accuracy.json";

    /// <summary>Names of the classes, and the class of each cluster.</summary>
    public const string Clusters = "clusters.json";

    /// <summary>The card.</summary>
    public const string Card = "README.md";

    /// <summary>SHA-256 of all other files, as <c>sha256sum</c> writes and checks them; written last.</summary>
    public const string Manifest = "MANIFEST";

    /// <summary>What Triton Inference Server reads.</summary>
    public const string Triton = "config.pbtxt";

    /// <summary>How pictures become the input.</summary>
    public const string Preprocessor = "preprocessor_config.json";

    /// <summary>Folder of the scripts.</summary>
    public const string Checks = "check";

    /// <summary>A file of a test vector, such as <c>input_0</c>.</summary>
    public static string Vector(int set, string name) => $"test_data_set_{set}/{name}.pb";
}
