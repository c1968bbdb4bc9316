using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>Where a model comes from, as the texts in its metadata: nothing in them depends on the clock or the machine.</summary>
static class Provenance
{
    /// <summary>The metadata of a model that <paramref name="method"/> trained, by <see cref="ModelKeys"/>.</summary>
    public static Dictionary<string, string> Of(string method, TrainingRequest request)
    {
        var metadata = new Dictionary<string, string>
        {
            [ModelKeys.Method] = method,
            [ModelKeys.Version] = request.Version,
            [ModelKeys.Options] = OptionsJson(request.Options),
            [ModelKeys.Seed] = request.Seed.ToString(CultureInfo.InvariantCulture),
            [ModelKeys.Dataset] = $"{request.Data.Name} {request.Data.Split.ToString().ToLowerInvariant()}",
            [ModelKeys.DatasetSha256] = request.Data.Sha256,
        };
        request.Data.Preprocess.AddTo(metadata);
        return metadata;
    }

    /// <summary>What the runs in <paramref name="folders"/> are: one as it is, several as a list.</summary>
    /// <exception cref="InvalidDataException">There is no run.</exception>
    public static JsonNode SourceOf(IReadOnlyList<string> folders) =>
        folders is [string only] ? SourceOf(only) : new JsonArray([.. folders.Select(SourceOf)]);

    /// <summary>
    /// What the run in <paramref name="folder"/> is, but for its seed and its place: method, images, options, and the run that it started
    /// from in turn. Runs that differ in their seeds alone have the same.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no run.</exception>
    public static JsonObject SourceOf(string folder)
    {
        RunFolder run = RunFolder.Open(folder);
        var config = RunConfig.Read(run);
        JsonObject options = JsonNode.Parse(OptionsJson(config.Options))!.AsObject();
        options.Remove(ModelKeys.FromOption);
        return new JsonObject
        {
            ["method"] = config.Method.Name,
            ["dataset_sha256"] = config.DatasetSha256,
            ["options"] = options,
            [ModelManifest.Source] = File.Exists(run.Manifest) ? run.ReadManifest()[ModelManifest.Source]?.DeepClone() : null,
        };
    }

    /// <summary>Options as JSON by their names.</summary>
    public static string OptionsJson(MethodOptions options) =>
        JsonSerializer.Serialize(OptionBinder.Record(options)
            .ToDictionary(pair => pair.Name, pair => pair.Value is Enum ? pair.Value.ToString()!.ToLowerInvariant() : pair.Value));
}
