using System.Globalization;
using System.Text.Json;
using Toolchain.Data;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>Where a model comes from, as the texts in its metadata: nothing in them depends on the clock or the machine.</summary>
static class Provenance
{
    public static Dictionary<string, string> Of(string method, TrainingRequest request) => new()
    {
        [ModelKeys.Method] = method,
        [ModelKeys.Version] = request.Version,
        [ModelKeys.Options] = OptionsJson(request.Options),
        [ModelKeys.Seed] = request.Seed.ToString(CultureInfo.InvariantCulture),
        [ModelKeys.Dataset] = $"{request.Digits.Name} {request.Digits.Split.ToString().ToLowerInvariant()}",
        [ModelKeys.DatasetSha256] = request.Digits.Sha256,
    };

    /// <summary>Options as JSON by their keys of <c>--set</c>.</summary>
    public static string OptionsJson(MethodOptions options) =>
        JsonSerializer.Serialize(OptionBinder.List(options)
        .ToDictionary(pair => pair.Key, pair => pair.Value is Enum ? pair.Value.ToString()!.ToLowerInvariant() : pair.Value));
}
