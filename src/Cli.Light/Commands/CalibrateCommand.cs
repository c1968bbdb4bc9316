using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Inference;

namespace Toolchain.Cli.Light.Commands;

/// <summary><c>uvl calibrate MODEL --data D --out F.onnx</c>: writes into a model's metadata what its training images look like, and with
/// --map what its clusters mean.</summary>
static class CalibrateCommand
{
    // 32 KB of a model of 64 numbers; more centres find little more (docs/novelty.md).
    const int Centres = 256;

    // One image in six is held out, as many as MNIST has test images.
    const int HeldOutEvery = 6, LeastImages = 600;

    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "An encoder's model.onnx, or the folder that has it." };
        var map = new Option<bool>("--map") { Description = "Also name the model's own clusters by digits, which uses labels." };
        var output = new Option<string>("--out")
        {
            Description = "The same model with this in its metadata (.onnx); a manifest beside "
            + "MODEL is renewed beside it.",
            Required = true
        };
        var command = new Command("calibrate", "Write into a model how far its training images lie from each other, so that embed and "
            + "cluster can tell foreign ones; no labels.\n\n"
            + "Example: uvl calibrate runs/mine --data mnist --out calibrated.onnx")
        {
            model, common.Data, common.Polarity, common.Transpose, map, output, common.Seed, common.Fit, common.SkipBad, common.Threads,
                common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!, encoder = CommonOptions.ModelFile(parsed.GetValue(model)!);
            CommonOptions.RequireApart(path, [path], encoder);
            OutputPath.RequireFile(path);
            using EncoderSession session = EncoderSession.Open(encoder, common.Encoder(parsed));
            if (session.Dimension == 0 || (parsed.GetValue(map) && !session.HasClusters))
            {
                throw new InvalidModelException($"'{session.Path}': expected an output "
                    + $"'{(session.Dimension == 0 ? "embedding" : "cluster")}', found none; take a model that has it.");
            }
            DigitSet digits = common.Open(parsed, terminal, common.Spec(parsed, terminal, drawn: false), Split.Train);
            if (digits.Count < LeastImages)
            {
                throw new InvalidDataException($"'{digits.Name}': expected at least {LeastImages} training images, found {digits.Count}; "
                    + "give the model's training images.");
            }
            Embeddings embeddings = EmbedCommand.Run(terminal, session, digits, cancellation);
            terminal.Stage("finding centres");
            Novelty novelty = Fit(embeddings, parsed.GetValue(common.Seed), parsed.GetValue(common.Threads), cancellation);
            var metadata = new Dictionary<string, string>(session.Metadata)
            {
                [Novelty.Key] = novelty.ToText(),
                [$"{Novelty.Key}_dataset_sha256"] = digits.Sha256,
            };
            if (parsed.GetValue(map))
            {
                ClusterCommand.AddDigits(metadata, [.. embeddings.Clusters!.Select(cluster => (int)cluster)], session.ClusterCount, digits);
            }
            OnnxModel calibrated = OnnxModel.Load(session.Path).WithMetadata(metadata);
            calibrated.Save(path);
            RenewManifest(session, path, calibrated);
            KnownModels.OfUser.Add(path);
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"novelty above 1 is farther than {novelty.Distance:g4} from {Centres} centres, as 1 % of held-out training images are; "
                    + $"{path}"));
            terminal.Event("calibrated", new JsonObject { ["path"] = path, ["distance"] = novelty.Distance, ["centres"] = Centres });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static Novelty Fit(Embeddings embeddings, int seed, int threads, CancellationToken cancellation)
    {
        int width = embeddings.Dimension;
        List<float> fitted = [];
        List<int> heldOut = [];
        for (int row = 0; row < embeddings.Count; row++)
        {
            if (row % HeldOutEvery == HeldOutEvery - 1)
            {
                heldOut.Add(row);
            }
            else
            {
                fitted.AddRange(embeddings.Values.AsSpan(row * width, width));
            }
        }
        var options = new KMeansOptions { ClusterCount = Centres, Seed = seed, Threads = threads, Cancellation = cancellation };
        float[] centres = [.. KMeans.Fit(new Rows(fitted.ToArray(), width), options).CentreTable().Cast<double>()
            .Select(value => (float)value)];
        // Any distance will do to measure distances.
        var measure = new Novelty(centres, width, 1);
        float[] distances = [.. heldOut.Select(row => measure.DistanceOf(embeddings.Values.AsSpan(row * width, width))).Order()];
        float distance = distances[(int)(Novelty.Quantile * distances.Length)];
        return distance > 0 ? new Novelty(centres, width, distance)
            : throw new InvalidDataException("expected training images whose embeddings differ, found none; calibrate with the model's "
                + "training images.");
    }

    static void RenewManifest(EncoderSession session, string path, OnnxModel calibrated)
    {
        string beside = Path.Combine(Path.GetDirectoryName(session.Path) ?? "", ModelManifest.FileName);
        string target = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, ModelManifest.FileName);
        if (!File.Exists(beside) || JsonNode.Parse(File.ReadAllText(beside)) is not JsonObject manifest)
        {
            return;
        }
        SavedModel saved = calibrated.Describe();
        (manifest["model_sha256"], manifest["model_bytes"]) = (saved.Sha256, saved.Bytes);
        AtomicFile.WriteText(target, manifest.ToJsonString(new()
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }) + "\n");
    }
}
