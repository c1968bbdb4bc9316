using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Evaluate.Fusion;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;
using Toolchain.Inference.Trials;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl calibrate MODEL --data D --out F.onnx</c>: writes into a model's metadata what its training images look like, and with
/// --map what its clusters mean.</summary>
static class CalibrateCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "An encoder's model.onnx, or its folder." };
        var map = new Option<bool>("--map") { Description = "Also fit a cluster-to-class map of its clusters, which uses labels." };
        var output = new Option<string>("--out")
        {
            Description = "Output file: the same model with this metadata (.onnx); called model.onnx, it gets the manifest beside the "
                + "model along.",
            Required = true
        };
        var command = new Command("calibrate", "Store in a model what its training images look like, so that embed and cluster detect "
            + "images out of distribution. Uses no labels.\n\n"
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
            Endings.Require(path, ".onnx");
            using EncoderSession session = EncoderSession.Open(encoder, common.Encoder(parsed));
            if (session.Dimension == 0 || (parsed.GetValue(map) && !session.HasClusters))
            {
                throw new InvalidModelException($"'{session.Path}': expected an output "
                    + $"'{(session.Dimension == 0 ? "embedding" : "cluster")}', found none; take a model that has it.");
            }
            ImageSet data = common.Open(parsed, terminal, common.Spec(parsed, terminal, drawn: false), Split.Train,
                session.Preprocess);
            if (data.Count < NoveltyFit.LeastImages)
            {
                throw new InvalidDataException($"'{data.Name}': expected at least {NoveltyFit.LeastImages} training images, found "
                    + $"{data.Count}; "
                    + "give the model's training images.");
            }
            Embeddings embeddings = EmbedRun.InMemory(terminal, session, data, cancellation);
            terminal.Stage("finding centres");
            Novelty novelty = NoveltyFit.Of(embeddings, parsed.GetValue(common.Seed), parsed.GetValue(common.Threads), cancellation)
                ?? throw new InvalidDataException($"'{data.Name}': expected images whose embeddings differ, found none; give the model's "
                    + "training images.");
            var metadata = new Dictionary<string, string>(session.Metadata);
            NoveltyFit.AddTo(metadata, novelty, data);
            if (parsed.GetValue(map))
            {
                ClusterDigits.Fit(metadata, [.. embeddings.Clusters!.Select(cluster => (int)cluster)], session.ClusterCount, data);
            }
            OnnxModel calibrated = OnnxFile.Load(session.Path).WithMetadata(metadata);
            // A manifest knows its model as model.onnx.
            bool hasManifest = Path.GetFileName(path) == RunLayout.Model;
            ManifestBeside.Save(path, calibrated, hasManifest ? ManifestBeside.Read(session.Path) : null);
            KnownModels.OfUser.Add(path);
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"novelty above 1 is farther than {novelty.Distance:g4} from {novelty.CentreCount} centres, as 1 % of held-out training "
                    + $"images are; "
                    + $"{path}"));
            terminal.Event("calibrated", new JsonObject
            {
                ["path"] = path,
                ["distance"] = novelty.Distance,
                ["centres"] = novelty.CentreCount
            });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
