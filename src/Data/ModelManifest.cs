using System.Security.Cryptography;
using System.Text.Json;

namespace Toolchain.Data;

/// <summary>The <c>manifest.json</c> that stands beside a trained model and has its digest.</summary>
public static class ModelManifest
{
    /// <summary>
    /// Key of what the run whose encoder the training started from is: method, images and options, but neither seed nor folder.
    /// </summary>
    public const string Source = "source";

    /// <summary>
    /// Compares a model with the manifest beside it, where there is one that has a digest of a file of that name: <c>model_sha256</c> of
    /// <c>model.onnx</c>, <c>generator_sha256</c> of <c>generator.onnx</c>; and the run's configuration, where it stands there too.
    /// </summary>
    /// <param name="modelPath">The model.</param>
    /// <param name="sha256">Digest of its file, 64 hexadecimal digits.</param>
    /// <exception cref="InvalidDataException">They disagree, or the manifest is no JSON.</exception>
    public static void Require(string modelPath, string sha256)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!, path = Path.Combine(folder, RunLayout.Manifest);
        if (!File.Exists(path))
        {
            return;
        }
        // A pipe or a device has no length, and reading one may never end.
        if (Regular(path).Length == 0)
        {
            throw new InvalidDataException($"'{path}': expected a manifest in JSON, found an empty file or no regular file; delete it or "
                + "get it again.");
        }
        if (Digest(path, $"{Path.GetFileNameWithoutExtension(modelPath)}_sha256") is string stated && stated != sha256)
        {
            throw new InvalidDataException($"'{modelPath}': expected the SHA-256 {stated} that {RunLayout.Manifest} beside it has, found "
                + $"{sha256}; one of the two is damaged or of another run: get the model again, or delete the manifest if it is not of "
                + "this model.");
        }
        string config = Path.Combine(folder, RunLayout.Config);
        if (Regular(config) is { Exists: true, Length: long size } && Digest(path, "config_sha256") is string expected
            && Convert.ToHexStringLower(SHA256.HashData(size > 0 ? File.ReadAllBytes(config) : [])) is string found && found != expected)
        {
            throw new InvalidDataException($"'{config}': expected the SHA-256 {expected} that {RunLayout.Manifest} beside it has, found "
                + $"{found}; the configuration is of another run: put the run's own back.");
        }
    }

    /// <summary>Whether a manifest has the digest of a model of that name.</summary>
    /// <param name="manifest">The manifest, which may not exist.</param>
    /// <param name="modelPath">The model.</param>
    public static bool HasDigest(string manifest, string modelPath)
    {
        try
        {
            return Regular(manifest) is { Exists: true, Length: > 0 }
                && Digest(manifest, $"{Path.GetFileNameWithoutExtension(modelPath)}_sha256") is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    // What a link leads to.
    static FileInfo Regular(string path) => new FileInfo(path) is { LinkTarget: not null } link
        ? (FileInfo)(link.ResolveLinkTarget(returnFinalTarget: true) ?? link) : new FileInfo(path);

    static string? Digest(string path, string key)
    {
        try
        {
            using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(path));
            return manifest.RootElement.TryGetProperty(key, out JsonElement digest) ? digest.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}': expected a manifest in JSON, found {JsonFault.Of(error)}; "
                + "delete it or get it again.", error);
        }
    }
}
