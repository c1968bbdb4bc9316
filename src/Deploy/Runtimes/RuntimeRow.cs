using System.Text.Json.Nodes;

namespace Toolchain.Deploy.Runtimes;

/// <summary>What a runtime made of a model: a row of the table.</summary>
/// <param name="Runtime">Its name.</param>
/// <param name="Version">Its version; null where it was not found.</param>
/// <param name="Images">Number of images that it ran.</param>
/// <param name="Accuracy">Share of images whose cluster has the name of their class, in [0..1]; null without labels.</param>
/// <param name="Difference">Largest difference to ONNX Runtime on the processor, of numbers above 1 relative; of that one itself to the
/// test vectors.</param>
/// <param name="Changed">Images in another cluster than there; null without clusters.</param>
/// <param name="ImagesPerSecond">Throughput.</param>
/// <param name="Passed">Whether it agrees; null where it did not run.</param>
/// <param name="Reason">Why it did not run, or what missed.</param>
sealed record RuntimeRow(string Runtime, string? Version, int Images, double? Accuracy, double? Difference, int? Changed,
    double? ImagesPerSecond, bool? Passed, string? Reason)
{
    /// <summary>A runtime that did not run.</summary>
    public static RuntimeRow Absent(string runtime, string reason, string? version = null) =>
        new(runtime, version, 0, null, null, null, null, null, reason);

    /// <summary>For programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["runtime"] = Runtime,
        ["version"] = Version,
        ["images"] = Images,
        ["accuracy"] = Accuracy,
        ["largest_difference"] = Difference is double value && double.IsFinite(value) ? value : null,
        ["changed_clusters"] = Changed,
        ["images_per_second"] = ImagesPerSecond,
        ["passed"] = Passed,
        ["reason"] = Reason,
    };
}
