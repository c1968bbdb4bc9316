using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Heads;
using Toolchain.Inference;
using Toolchain.Inference.Trials;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl join A B C --out F.onnx</c>: several encoders side by side as one.</summary>
static class JoinCommand
{
    // What all encoders say alike, the joint one says too.
    static readonly string[] shared = [ModelKeys.Version, ModelKeys.Dataset, ModelKeys.DatasetSha256, ModelKeys.Preprocess];

    public static Command Create()
    {
        var models = new Argument<string[]>("MODEL")
        {
            Description = "Two or more encoders of the same input: their model.onnx, or their folders.",
            Arity = ArgumentArity.OneOrMore
        };
        var output = new Option<string>("--out")
        {
            Description = "Output file: the joint encoder (.onnx), which every command takes; model.onnx with --manifest.",
            Required = true
        };
        var manifest = new Option<bool>("--manifest")
        {
            Description = "Also write manifest.json beside the joint encoder: those of the encoders, with its digest."
        };
        var command = new Command("join", "Join encoders into one whose embedding is theirs side by side, each divided by its length "
            + "and times the root of its width. Clusters of it err less than those of each; it costs the time of all. Calibrate it anew "
            + "for --novelty.\n\n"
            + "Examples: uvl join runs/refine-0 runs/refine-1 runs/refine-2 --out joint.onnx\n"
            + "          uvl cluster joint.onnx --data mnist --method spectral --out digits.onnx")
        {
            models, output, manifest,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!;
            string[] files = Array.ConvertAll(parsed.GetValue(models)!, CommonOptions.ModelFile);
            if (files.Length < 2)
            {
                throw new ArgumentException($"MODEL: expected two or more encoders, found '{files[0]}' alone.");
            }
            Endings.Require(path, ".onnx");
            CommonOptions.RequireApart(path, [path], files);
            if (parsed.GetValue(manifest))
            {
                ManifestBeside.RequireName(path);
            }
            else
            {
                OutputPath.RequireNoManifest(path);
            }
            EncoderSession[] sessions = [];
            try
            {
                // The runtime and the contract judge each first, as for any other command.
                sessions = Array.ConvertAll(files, file => EncoderSession.Open(file, new() { Trial = ProgramStart.Trial }));
                OnnxModel joint = JointEncoder.Join([.. files.Select(file => (file, OnnxFile.Load(file)))], sessions[0].Metadata)
                    .WithMetadata(Metadata(sessions));
                JsonObject? origin = parsed.GetValue(manifest) ? ManifestOf(files) : null;
                cancellation.ThrowIfCancellationRequested();
                ManifestBeside.Save(path, joint, origin);
                KnownModels.OfUser.Add(path);
                int width = sessions.Sum(session => session.Dimension);
                terminal.Line($"{files.Length} encoders side by side, an embedding of {width} numbers in {path}");
                terminal.Event("joined", new JsonObject { ["path"] = path, ["encoders"] = files.Length, ["dimension"] = width });
            }
            finally
            {
                Array.ForEach(sessions, session => session.Dispose());
            }
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static Dictionary<string, string> Metadata(EncoderSession[] sessions)
    {
        var all = new JsonArray();
        foreach (EncoderSession session in sessions)
        {
            RequirePicturesAlike(session, sessions[0]);
            all.Add((JsonNode)new JsonObject
            {
                ["method"] = session.Metadata.GetValueOrDefault(ModelKeys.Method),
                ["seed"] = session.Metadata.GetValueOrDefault(ModelKeys.Seed),
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(session.Path))),
            });
        }
        var metadata = new Dictionary<string, string> { [ModelKeys.Method] = "joint", [ModelKeys.Joined] = all.ToJsonString() };
        foreach (string key in shared)
        {
            if (sessions[0].Metadata.TryGetValue(key, out string? value)
                && sessions.All(session => session.Metadata.GetValueOrDefault(key) == value))
            {
                metadata[key] = value;
            }
        }
        return metadata;
    }

    static JsonObject ManifestOf(string[] files) => new()
    {
        ["method"] = "joint",
        [ModelManifest.Source] = new JsonArray([.. files.Select(ManifestBeside.Require)]),
    };

    static void RequirePicturesAlike(EncoderSession session, EncoderSession first)
    {
        const string digits = "as digits";
        (string? wanted, string? found) = (first.Metadata.GetValueOrDefault(ModelKeys.Preprocess),
            session.Metadata.GetValueOrDefault(ModelKeys.Preprocess));
        if (wanted != found)
        {
            throw new InvalidModelException($"'{session.Path}': expected pictures read as '{first.Path}' reads them "
                + $"({wanted ?? digits}), found {found ?? digits} (metadata '{ModelKeys.Preprocess}'); join encoders that read "
                + "them alike.");
        }
    }
}
