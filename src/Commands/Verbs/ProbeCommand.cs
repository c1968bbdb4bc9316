using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Fusion;
using Toolchain.Evaluate.Probe;
using Toolchain.Evaluate.Protocols;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Heads;
using Toolchain.Inference;
using Toolchain.Inference.Trials;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl probe MODEL --data D --out CLASSIFIER.onnx</c>.</summary>
static class ProbeCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "An encoder's model.onnx, or its folder." };
        var output = new Option<string?>("--out")
        {
            Description = "Output file: encoder and classifier as one model, from pixels to class (.onnx)."
        };
        var training = new Option<string?>("--training")
        {
            Description = "Also write the training itself as one ONNX graph, a loop over the steps (.onnx)."
        };
        var layer = new Option<string>("--layer")
        {
            Description = "Output of the model to classify, such as feature for moco; --out needs the embedding.",
            DefaultValueFactory = _ => "embedding"
        };
        var command =
            new Command("probe", "Train a linear classifier on a frozen encoder, score it, and fuse it onto the encoder. Uses labels.\n\n"
            + "Example: uvl probe models/moco --data mnist --out digits.onnx")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, layer, output, training, common.Seed, common.SkipBad,
                common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string spec = common.Spec(parsed, terminal, drawn: false), encoder = CommonOptions.ModelFile(parsed.GetValue(model)!);
            if (parsed.GetValue(output) is string named)
            {
                Endings.Require(named, ".onnx");
            }
            foreach (string target in new[] { parsed.GetValue(output), parsed.GetValue(training) }.OfType<string>())
            {
                CommonOptions.RequireApart(target, [target], encoder);
                OutputPath.RequireNoManifest(target);
            }
            using EncoderSession session = EncoderSession.Open(encoder, common.Encoder(parsed) with { Layer = parsed.GetValue(layer)! });
            if (session.Dimension == 0)
            {
                throw new InvalidModelException($"'{session.Path}': expected an output 'embedding', found none; take an encoder, such as "
                    + $"moco or autoencoder.");
            }
            if (session.Layer != "embedding" && parsed.GetValue(output) is not null)
            {
                throw new ArgumentException($"--out: a classifier of '{session.Layer}' cannot be fused, only one of 'embedding'; leave out "
                    + $"--out or --layer.");
            }
            (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, spec, session.Preprocess);
            bool isHeldOut = HeldOut.Of(ref train, ref test);
            ImageClasses classes = ImageClasses.OfBoth(train, test) ?? throw new InvalidDataException(
                $"'{train.Name}': expected labelled images to train a classifier on, found none with labels.");
            foreach (string line in ClassCoverage.Remarks(train, test, classes))
            {
                terminal.Note(line);
            }
            Rows rows = new(EmbedRun.InMemory(terminal, session, train, cancellation).Values, session.Dimension);
            terminal.Stage("training the classifier");
            LinearClassifier classifier = LinearProbe.Fit(rows, train.Labels, classes.Count, parsed.GetValue(common.Seed),
                parsed.GetValue(common.Device), cancellation);
            int[] given = classifier.Assign(new Rows(EmbedRun.InMemory(terminal, session, test, cancellation).Values, session.Dimension));
            (double right, string where) = (given.Zip(test.Labels!).Count(pair => pair.First == pair.Second) / (double)given.Length, "");
            List<(string Path, Action<Stream> Write)> files = [];
            if (parsed.GetValue(training) is string trainingPath)
            {
                files.Add((trainingPath, stream => stream.Write(LinearProbe.Training(session.Dimension, classes.Count).ToBytes())));
                where = $"; the training in {trainingPath}";
            }
            if (parsed.GetValue(output) is string path)
            {
                OnnxModel fused = FusedModel.Fuse(OnnxFile.Load(session.Path), (graph, x) =>
                    ClusterHead.Linear(graph, x, classifier.Weight, classifier.Bias), Metadata(session, train, classes));
                FusedProof.Require(fused, classifier.Assign(rows), train);
                files.Add((path, stream => stream.Write(fused.ToBytes())));
                where = $"; pixels to class in {path}{where}";
            }
            AtomicFile.WriteAll(files);
            files.ForEach(file => KnownModels.OfUser.Add(file.Path));
            (double low, double high) = WilsonInterval.Of(right, given.Length);
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"linear probe, trained with {train.Count:n0} labels: {right:p2} of "
                + $"{test.Count:n0} {(isHeldOut ? "held-out" : "test")} images (95 % interval {low:p2} to {high:p2}){where}"));
            terminal.Event("probe", new JsonObject
            {
                ["accuracy"] = right,
                ["images"] = test.Count,
                ["held_out"] = isHeldOut,
                ["path"] = parsed.GetValue(output),
                ["training"] = parsed.GetValue(training)
            });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static Dictionary<string, string> Metadata(EncoderSession session, ImageSet train, ImageClasses classes)
    {
        var metadata = new Dictionary<string, string>(session.Metadata)
        {
            [ModelKeys.Clusterer] = "linear",
            [ModelKeys.Clusters] = classes.Count.ToString(CultureInfo.InvariantCulture),
            [ModelKeys.ClustererDatasetSha256] = train.Sha256,
        };
        ClusterDigits.Add(metadata, [.. Enumerable.Range(0, classes.Count)], classes);
        return metadata;
    }
}
