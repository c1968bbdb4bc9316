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
/// <param name="Preprocess">What pictures became.</param>
sealed record RunConfig(Method Method, string DataSpec, string DatasetSha256, int Seed, int Threads, string Device,
    MethodOptions Options, Preprocess Preprocess)
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
            return new(method, root.GetProperty("data").GetString()!, root.GetProperty("dataset_sha256").GetString()!,
                root.GetProperty("seed").GetInt32(), root.GetProperty("threads").GetInt32(), root.GetProperty("device").GetString()!,
                OptionBinder.Apply(method.Defaults, OptionBinder.Complete(method.Defaults, settings)), ReadPreprocess(root));
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
                + $"{DatasetSha256[..12]}), found others ({request.Data.Sha256[..12]}); say where those are with --data, or begin a "
                + "new run.");
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
        (ImageShape shape, FitMode fit, Polarity polarity) = request.Data.Preprocess;
        if (shape != ImageShape.Mnist)
        {
            config["shape"] = new[] { shape.Channels, shape.Height, shape.Width };
        }
        if (fit != FitMode.Digit)
        {
            config["fit"] = Preprocess.Word(fit);
        }
        if (polarity != Polarity.Auto)
        {
            config["polarity"] = polarity.ToString().ToLowerInvariant();
        }
        AtomicFile.WriteText(run.Config, JsonSerializer.Serialize(config, indented) + "\n");
    }

    static Preprocess ReadPreprocess(JsonElement root)
    {
        int[] axes = root.TryGetProperty("shape", out JsonElement shape) ? [.. shape.EnumerateArray().Select(axis => axis.GetInt32())]
            : [1, 28, 28];
        return axes.Length == 3 ? new(new(axes[0], axes[1], axes[2]), Word("fit", FitMode.Digit), Word("polarity", Polarity.Auto))
            : throw new JsonException("expected three numbers in 'shape'");

        T Word<T>(string name, T absent) where T : struct, Enum =>
            root.TryGetProperty(name, out JsonElement word) ? Enum.Parse<T>(word.GetString()!, ignoreCase: true) : absent;
    }

    static string Settings(int seed, MethodOptions options) => $"seed {seed} and {Provenance.OptionsJson(options)}";
}
