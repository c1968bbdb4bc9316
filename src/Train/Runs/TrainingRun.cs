using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.Train.Runs;

/// <summary>A run from its options to its model: writes the configuration first and the manifest last.</summary>
static class TrainingRun
{
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    /// <summary>Trains <paramref name="method"/> in <paramref name="run"/> and writes model and manifest.</summary>
    /// <exception cref="ArgumentException">Another process works in the folder, or began a run in it meanwhile.</exception>
    /// <exception cref="InvalidDataException">The run to resume was started with other images, seed or options.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, resumably.</exception>
    /// <exception cref="DivergedException">A loss stopped being finite.</exception>
    /// <exception cref="Export.ParityException">The exported model does not compute what was trained; it is not written.</exception>
    public static TrainedModel Execute(Method method, RunFolder run, TrainingRequest request)
    {
        var clock = Stopwatch.StartNew();
        request.Options.Check();
        using IDisposable claim = run.Lock();
        if (request.Resume)
        {
            RunConfig.Read(run).Require(run, request);
        }
        else
        {
            // Another process may have begun and ended since the folder was made.
            RunFolder.RequireUnused(run);
            RunConfig.Write(method, run, request);
        }
        TimeSpan before = run.TimeTakenInAll;
        run.Say($"{method.Name}: {Printable.Count(request.Data.Count, "image")} of {request.DataSpec}, seed "
            + $"{request.Seed}{(request.Resume ? ", resumed" : "")}");
        TrainedModel trained;
        try
        {
            trained = method.Train(run, request);
            trained = trained with { Model = request.Describe?.Invoke(trained.Model) ?? trained.Model };
        }
        catch (Exception error)
        {
            run.Say(error.Message);
            throw;
        }
        byte[] bytes = trained.Model.ToBytes();
        AtomicFile.Write(run.Model, stream => stream.Write(bytes));
        if (trained.Decoder is TrainedDecoder decoder)
        {
            byte[] second = decoder.Model.ToBytes();
            AtomicFile.Write(decoder.FileBeside(run.Model), stream => stream.Write(second));
        }
        run.Say($"{trained.Summary}; {trained.Parity}");
        if (trained.Finished)
        {
            WriteManifest(method, run, request, trained, before + clock.Elapsed);
        }
        return trained;
    }

    /// <summary>The manifest of a finished run, with the digests of what was exported from it, such as in half precision.</summary>
    /// <exception cref="InvalidDataException">The run is not finished: it has no manifest.</exception>
    public static string ManifestOf(RunFolder run, TrainedModel exported)
    {
        JsonObject manifest = run.ReadManifest();
        foreach ((string key, object value) in Describe(exported))
        {
            manifest[key] = JsonSerializer.SerializeToNode(value);
        }
        return manifest.ToJsonString(indented) + "\n";
    }

    /// <summary>
    /// Requires that configuration and model of a finished run are those of its manifest; a run that is not finished has none.
    /// </summary>
    /// <exception cref="CheckpointException">They are of another run.</exception>
    public static void RequireOwnFiles(RunFolder run)
    {
        if (!File.Exists(run.Manifest))
        {
            return;
        }
        JsonObject manifest = run.ReadManifest();
        Require("config_sha256", run.Config, run.ConfigSha256);
        if (File.Exists(run.Model))
        {
            Require("model_sha256", run.Model, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(run.Model))));
        }

        void Require(string key, string path, string found)
        {
            if (manifest[key]?.ToString() is string stated && stated != found)
            {
                throw new CheckpointException($"'{path}': expected the file that {run.Manifest} has the digest of ({stated}), found "
                    + $"another ({found}); put the run's own files back together.");
            }
        }
    }

    static Dictionary<string, object> Describe(TrainedModel trained)
    {
        var result = new Dictionary<string, object>();
        Add("model_", "", trained.Model);
        if (trained.Decoder is TrainedDecoder decoder)
        {
            Add($"{decoder.Name}_", $"{decoder.Name}_", decoder.Model);
        }
        result["parity"] = trained.Parity;
        return result;

        void Add(string prefix, string parameters, OnnxModel model)
        {
            byte[] bytes = model.ToBytes();
            result[$"{prefix}sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
            result[$"{prefix}bytes"] = bytes.Length;
            result[$"{parameters}parameters"] = model.Initializers.Sum(pair => (long)pair.Value.Count);
        }
    }

    static void WriteManifest(Method method, RunFolder run, TrainingRequest request, TrainedModel trained, TimeSpan wall)
    {
        Dictionary<string, object> described = Describe(trained);
        var manifest = new Dictionary<string, object?>
        {
            ["method"] = method.Name,
            ["dataset"] = request.DataSpec,
            ["dataset_sha256"] = request.Data.Sha256,
            ["config_sha256"] = run.ConfigSha256,
            ["seed"] = request.Seed,
            ["steps"] = trained.StepsMade,
            ["train_seconds"] = Math.Round(wall.TotalSeconds, 1),
            ["version"] = request.Version,
            ["torchsharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(),
            ["machine"] = $"{Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}",
        };
        if (request.Options.SourceRuns is { Count: > 0 } sources)
        {
            manifest[ModelManifest.Source] = Provenance.SourceOf(sources);
        }
        AtomicFile.WriteText(run.Manifest, JsonSerializer.Serialize(
            manifest.Concat(described.Select(pair => KeyValuePair.Create(pair.Key, (object?)pair.Value))).ToDictionary(), indented) + "\n");
    }
}
