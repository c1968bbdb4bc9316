using System.Text.Json;
using Toolchain.Data;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>What a run was asked to do, as its <c>config.json</c> has it.</summary>
/// <param name="Method">The method.</param>
/// <param name="DataSpec">What <c>--data</c> said.</param>
/// <param name="DatasetSha256">Digest of the training images.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Threads">Threads of libtorch: another number gives other bits.</param>
/// <param name="Device">Where tensors lived, <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Options">Options of the method.</param>
/// <param name="Fit">What happened to images of another size.</param>
sealed record RunConfig(Method Method, string DataSpec, string DatasetSha256, int Seed, int Threads, string Device,
    MethodOptions Options, FitMode Fit = FitMode.Digit)
{
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    /// <summary>Reads the configuration of an earlier run.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another version.</exception>
    public static RunConfig Read(RunFolder run)
    {
        try
        {
            using JsonDocument config = JsonDocument.Parse(File.ReadAllText(run.Config));
            JsonElement root = config.RootElement;
            Method method = MethodRegistry.Find(root.GetProperty("method").GetString()!);
            IEnumerable<string> settings = root.GetProperty("options").EnumerateObject().Select(option => $"{option.Name}={option.Value}");
            return new(
                method, root.GetProperty("data").GetString()!, root.GetProperty("dataset_sha256").GetString()!,
                root.GetProperty("seed").GetInt32(),
                root.GetProperty("threads").GetInt32(), root.GetProperty("device").GetString()!,
                    OptionBinder.Apply(method.Defaults, settings),
                    root.TryGetProperty("fit", out JsonElement fit) ? Enum.Parse<FitMode>(fit.GetString()!, ignoreCase: true)
                    : FitMode.Digit);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"'{run.Config}': expected the configuration of a run, found "
                + $"{(error is ArgumentException ? $"something else ({error.Message})" : JsonFault.Of(error))}.", error);
        }
    }

    /// <summary>Requires that a request asks for this run: the same images, wherever they lie now, seed and options.</summary>
    /// <exception cref="InvalidDataException">It asks for another.</exception>
    public void Require(RunFolder run, TrainingRequest request)
    {
        if (request.Data.Sha256 != DatasetSha256)
        {
            throw new InvalidDataException($"'{request.DataSpec}': expected the images that {run.Path} was begun with (sha256 "
                + $"{DatasetSha256[..12]}), found others ({request.Data.Sha256[..12]}); say where those are with --data, or begin a new "
                + $"run.");
        }
        string asked = Settings(request.Seed, request.Options), begun = Settings(Seed, Options);
        if (asked != begun)
        {
            throw new InvalidDataException($"'{run.Path}': expected a run with {asked}, found one with {begun}; name another folder.");
        }
    }

    internal static void Write(Method method, RunFolder run, TrainingRequest request)
    {
        var config = new Dictionary<string, object?>
        {
            ["method"] = method.Name,
            ["data"] = request.DataSpec,
            ["dataset_sha256"] = request.Data.Sha256,
            ["seed"] = request.Seed,
            ["threads"] = request.Threads,
            ["device"] = request.Device.ToString(),
            ["version"] = request.Version,
            ["options"] = JsonSerializer.Deserialize<JsonElement>(Provenance.OptionsJson(request.Options)),
        };
        if (request.Fit != FitMode.Digit)
        {
            config["fit"] = Preprocess.Word(request.Fit);
        }
        AtomicFile.WriteText(run.Config, JsonSerializer.Serialize(config, indented) + "\n");
    }

    static string Settings(int seed, MethodOptions options) => $"seed {seed} and {Provenance.OptionsJson(options)}";
}
