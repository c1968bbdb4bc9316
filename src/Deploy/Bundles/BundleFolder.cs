using System.Security.Cryptography;
using System.Text.Json;
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

    /// <summary>Compares every file with the manifest; leaves aside what a download or a check script may put beside them.</summary>
    /// <exception cref="CheckFailedException">A file is missing, another one, or not of the bundle.</exception>
    /// <exception cref="InvalidDataException">The manifest names files elsewhere, or leaves out what is read here.</exception>
    public void RequireDigests()
    {
        string manifest = System.IO.Path.Combine(Path, BundleLayout.Manifest);
        Dictionary<string, string> digests = [];
        foreach (string line in File.ReadLines(manifest))
        {
            string[] parts = line.Split("  ", 2);
            digests[parts[^1]] = parts[0];
        }
        string[] needed = [BundleLayout.Model, BundleLayout.Accuracy, BundleLayout.Clusters];
        if (Array.Find(needed, name => !digests.ContainsKey(name)) is { } missing)
        {
            throw new InvalidDataException($"'{manifest}': expected a line for {missing}, found none; get the bundle again.");
        }
        foreach ((string name, string digest) in digests)
        {
            string file = System.IO.Path.GetFullPath(name, System.IO.Path.GetFullPath(Path));
            if (System.IO.Path.GetRelativePath(Path, file).StartsWith("..", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(name))
            {
                throw new InvalidDataException($"'{manifest}': expected files of the bundle, found '{Printable.Line(name)}'.");
            }
            string found = File.Exists(file) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))) : "no file";
            if (found != digest)
            {
                throw new CheckFailedException($"'{Printable.Line(System.IO.Path.Combine(Path, name))}': expected the SHA-256 "
                    + $"{Printable.Line(digest)} of {BundleLayout.Manifest}, found {found}; the bundle is damaged: get it again.");
            }
        }
        if (Files("").FirstOrDefault(name => name != BundleLayout.Manifest && !digests.ContainsKey(name)) is { } foreign)
        {
            throw new CheckFailedException($"'{Printable.Line(System.IO.Path.Combine(Path, foreign))}': expected files of "
                + $"{BundleLayout.Manifest} alone, found one that it does not name; move the file elsewhere, or get the bundle again.");
        }
    }

    // By their names in the manifest, in order; without .git, .gitattributes, .cache and others of a download, __pycache__ of a Python
    // check and node_modules of one of Node's.
    IEnumerable<string> Files(string folder) => new DirectoryInfo(System.IO.Path.Combine(Path, folder)).EnumerateFileSystemInfos()
        .Where(entry => !entry.Name.StartsWith('.') && entry.Name is not ("__pycache__" or "node_modules"))
        .OrderBy(entry => entry.Name, StringComparer.Ordinal)
        .SelectMany(entry => entry is DirectoryInfo { LinkTarget: null } ? Files($"{folder}{entry.Name}/") : [$"{folder}{entry.Name}"]);

    /// <summary>Accuracy that it states of these images; null where it states none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public double? ExpectedOf(ImageSet images) => Read(BundleLayout.Accuracy, facts =>
        (string?)facts["images"]?["sha256"] == images.Sha256 ? (double?)facts["variants"]?[BundleLayout.Model]?["accuracy"] : null);

    /// <summary>
    /// What it states of these images, for people: <c>; accuracy.json expects 98.77 %</c>, or that it is of others; else nothing.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public string StatedOf(ImageSet images) => Read(BundleLayout.Accuracy, facts =>
        (string?)facts["images"]?["sha256"] != images.Sha256
            ? $"; {BundleLayout.Accuracy} is of others ({Printable.Count((int)facts["images"]!["count"]!, "image")} of "
                + $"'{Printable.Line((string)facts["images"]!["name"]!)}'), so its accuracy is not checked"
        : ExpectedOf(images) is double accuracy ? $"; {BundleLayout.Accuracy} expects {ModelVariant.Share(accuracy)}" : "");

    /// <summary>Its clusters and their names.</summary>
    /// <param name="dimension">Numbers of the model's embedding (D).</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ClusterNames Names(int dimension) => Read(BundleLayout.Clusters, facts =>
    {
        int count = (int)facts["cluster_count"]!;
        float[][]? centres = facts["centres"] is JsonArray rows ? [.. rows.Select(row => Numbers<float>(row!.AsArray()))] : null;
        string[]? classes = facts["classes"] is JsonArray names ? [.. names.Select(name => (string)name!)] : null;
        int[]? map = facts["class_of_cluster"] is JsonArray given ? Numbers<int>(given) : null;
        return count is >= 1 and <= ImageClasses.Most && map is null == classes is null
            && (map is null || (map.Length == count && map.All(name => name >= -1 && name < classes!.Length)))
            && (centres is null || (centres.Length == count && centres.All(row => row.Length == dimension && dimension > 0)))
            ? new ClusterNames(count, centres is null ? null : new Rows(centres.SelectMany(row => row).ToArray(), dimension), map,
                classes is null ? null : new ImageClasses(classes.Length, classes))
            : throw new FormatException();
    });

    static T[] Numbers<T>(JsonArray values) => [.. values.Select(value => value!.GetValue<T>())];

    T Read<T>(string name, Func<JsonNode, T> read)
    {
        string file = System.IO.Path.Combine(Path, name);
        try
        {
            return read(JsonNode.Parse(File.ReadAllBytes(file))!);
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or FormatException or NullReferenceException
            or ArgumentException)
        {
            throw new InvalidDataException($"'{file}': expected what 'uvl bundle' writes there, found otherwise; get the bundle again.",
                damaged);
        }
    }
}
