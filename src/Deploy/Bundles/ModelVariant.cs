using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Toolchain.Deploy.Bundles;

/// <summary>A form of the model in a bundle, and how it did on the named images; or why it is not there.</summary>
/// <param name="Path">Its file, one of <see cref="BundleLayout"/>.</param>
/// <param name="Words">What it is, for people.</param>
/// <param name="Bytes">Its content; null where it could not be made.</param>
/// <param name="Accuracy">Share of images whose cluster has the name of their class, in [0..1]; null without labels.</param>
/// <param name="SameClusters">Share of images in the cluster of the model as exported, in [0..1]; null without clusters.</param>
/// <param name="Reason">Why it is not there; null where it is.</param>
sealed record ModelVariant(string Path, string Words, byte[]? Bytes, double? Accuracy, double? SameClusters, string? Reason)
{
    /// <summary>Digest of the file, 64 hexadecimal digits.</summary>
    public string Sha256 => Bytes is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Bytes));

    /// <summary>Its entry in <see cref="BundleLayout.Accuracy"/>.</summary>
    public JsonObject ToJson() => Bytes is null ? new() { ["reason"] = Reason } : new()
    {
        ["sha256"] = Sha256,
        ["bytes"] = Bytes.Length,
        ["accuracy"] = Accuracy,
        ["same_clusters"] = SameClusters,
    };

    /// <summary>Its row in the card.</summary>
    public string ToRow() => Bytes is null ? $"| `{Path}` | {Words} | not there: {Reason} | | |" : string.Create(
        CultureInfo.InvariantCulture, $"| `{Path}` | {Words} | {Bytes.Length:n0} | {Share(Accuracy)} | {Share(SameClusters)} |");

    /// <summary>Such as "98.77 %".</summary>
    public static string Share(double? value) => value is null ? "unknown"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * value:f2} %");
}
