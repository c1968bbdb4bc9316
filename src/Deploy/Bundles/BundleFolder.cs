using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate;

namespace Toolchain.Deploy.Bundles;

/// <summary>A bundle on disk, whose files are those of its manifest.</summary>
/// <param name="Path">Its folder.</param>
sealed record BundleFolder(string Path)
{
    /// <summary>The bundle at <paramref name="path"/>; null where that is something else.</summary>
    public static BundleFolder? At(string path) =>
        File.Exists(System.IO.Path.Combine(path, BundleLayout.Manifest)) && File.Exists(System.IO.Path.Combine(path, BundleLayout.Model))
            ? new(path) : null;

    /// <summary>The model.</summary>
    public string Model => System.IO.Path.Combine(Path, BundleLayout.Model);

    /// <summary>Compares every file with the manifest.</summary>
    /// <exception cref="CheckFailedException">A file is missing or another one.</exception>
    public void RequireDigests()
    {
        foreach (string line in File.ReadLines(System.IO.Path.Combine(Path, BundleLayout.Manifest)))
        {
            string[] parts = line.Split("  ", 2);
            string file = System.IO.Path.Combine(Path, parts[^1]);
            string found = File.Exists(file) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))) : "no file";
            if (found != parts[0])
            {
                throw new CheckFailedException($"'{Printable.Line(file)}': expected the SHA-256 {Printable.Line(parts[0])} of "
                    + $"{BundleLayout.Manifest}, found {found}; the bundle is damaged: get it again.");
            }
        }
    }

    /// <summary>Accuracy that it states of these images; null where it states none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public double? ExpectedOf(ImageSet images)
    {
        JsonNode facts = Read(BundleLayout.Accuracy);
        return (string?)facts["images"]?["sha256"] == images.Sha256 ? (double?)facts["variants"]?[BundleLayout.Model]?["accuracy"] : null;
    }

    /// <summary>Its clusters and their names.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ClusterNames Names()
    {
        JsonNode facts = Read(BundleLayout.Clusters);
        float[][]? centres = facts["centres"] is JsonArray rows ? [.. rows.Select(row => Numbers<float>(row!.AsArray()))] : null;
        string[]? classes = facts["classes"] is JsonArray names ? [.. names.Select(name => (string)name!)] : null;
        return new((int)facts["cluster_count"]!,
            centres is null ? null : new Rows(centres.SelectMany(row => row).ToArray(), centres[0].Length),
            facts["class_of_cluster"] is JsonArray map ? Numbers<int>(map) : null,
            classes is null ? null : new ImageClasses(classes.Length, classes));
    }

    static T[] Numbers<T>(JsonArray values) => [.. values.Select(value => value!.GetValue<T>())];

    JsonNode Read(string name)
    {
        string file = System.IO.Path.Combine(Path, name);
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file)) ?? throw new InvalidDataException($"'{file}': expected an object, found null.");
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new InvalidDataException($"'{file}': expected JSON, found {error.Message}", error);
        }
    }
}
