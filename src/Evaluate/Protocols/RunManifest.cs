using System.Text.Json;
using Toolchain.Data;

namespace Toolchain.Evaluate.Protocols;

/// <summary>The training of a model, from the manifest beside it.</summary>
/// <param name="TrainSeconds">Training time.</param>
/// <param name="Parameters">Numbers in the model.</param>
/// <param name="Source">What the run is that the training started from, but for its seed: an object in JSON.</param>
sealed record RunManifest(double? TrainSeconds, long? Parameters, string? Source)
{
    static readonly RunManifest none = new(null, null, null);

    /// <summary>Reads the manifest beside a model. Where there is none, or it is of another model, all is null.</summary>
    /// <param name="modelPath">The model.</param>
    /// <param name="sha256">Digest of its file.</param>
    /// <exception cref="InvalidDataException">The manifest is no JSON.</exception>
    public static RunManifest Beside(string modelPath, string sha256)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(modelPath))!, RunLayout.Manifest);
        if (!File.Exists(path))
        {
            return none;
        }
        try
        {
            using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement root = manifest.RootElement;
            return !root.TryGetProperty("model_sha256", out JsonElement digest) || digest.GetString() != sha256 ? none : new(
                root.TryGetProperty("train_seconds", out JsonElement seconds) ? seconds.GetDouble() : null,
                root.TryGetProperty("parameters", out JsonElement parameters) ? parameters.GetInt64() : null,
                root.TryGetProperty(ModelManifest.Source, out JsonElement source) ? source.GetRawText() : null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}': expected a manifest in JSON, found {JsonFault.Of(error)}; delete it or "
                + "run the training again.", error);
        }
    }
}
