using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate.Fusion;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Heads;
using Toolchain.Graph.Passes;
using Toolchain.Inference;
using Toolchain.Inference.Trials;
using Toolchain.Tuning;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl tune MODEL --data D --out FILE.onnx</c>: training on ONNX Runtime, without libtorch.</summary>
static class TuneCommand
{
    // Chosen on held-out training images (docs/models/tune.md).
    const double LabelRate = 2e-3, ContrastRate = 0.03;

    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "An encoder's model.onnx, or its folder." };
        var output = new Option<string>("--out") { Description = "The tuned model (.onnx).", Required = true };
        var labels = new Option<int?>("--labels")
        {
            Description = "Use the labels of this many images of each class; the tuned model then names classes. Without it no label is "
                + "used.",
            Validators = { RequirePositive }
        };
        var head = new Option<bool>("--head")
        {
            Description = "With --labels: leave the encoder as it is and train only the classifier behind it, in a few seconds."
        };
        var steps = new Option<int>("--steps")
        {
            Description = "Steps of 128 images, default 300.",
            DefaultValueFactory = _ => 300,
            Validators = { RequirePositive }
        };
        var rate = new Number("--rate")
        {
            Description = "Learning rate of the first step; it falls to 0 as a cosine.",
            Validators = { RequirePositive }
        };
        var resume = new Option<bool>("--resume") { Description = "Go on from the state that an interrupted tuning left beside --out." };
        var command = new Command("tune", "Adapt a finished encoder to other images, with few labels or none, on ONNX Runtime.\n\n"
            + "Example: uvl tune models/moco --data my-folder --out tuned.onnx\n"
            + "Example: uvl tune models/moco --data mnist --labels 10 --out named.onnx")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, output, labels, head, steps, rate, resume, common.Seed,
                common.SkipBad, common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!, encoder = CommonOptions.ModelFile(parsed.GetValue(model)!), state = $"{path}.state";
            if (parsed.GetValue(head) && parsed.GetValue(labels) is null)
            {
                throw new ArgumentException("--head: expected --labels too, since a classifier learns from labels; add --labels 10, or "
                    + "leave out --head.");
            }
            string spec = common.Spec(parsed, terminal, drawn: false);
            CommonOptions.RequireApart(path, [path, state], encoder);
            OutputPath.RequireNoManifest(path);
            if (parsed.GetValue(resume) && !File.Exists(state))
            {
                throw new FileNotFoundException($"'{state}': expected the state of an interrupted tuning, found no file; leave "
                    + "out --resume.");
            }
            if (!parsed.GetValue(resume) && File.Exists(state))
            {
                terminal.Note($"starting anew: the state of an earlier tuning in {state} is discarded");
                File.Delete(state);
            }
            using EncoderSession session = EncoderSession.Open(encoder, common.Encoder(parsed));
            (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, spec, session.Preprocess);
            var given = new TuneOptions
            {
                Steps = parsed.GetValue(steps),
                Rate = parsed.GetResult(rate) is { Implicit: false } ? parsed.GetValue(rate)
                    : parsed.GetValue(labels) is null ? ContrastRate : LabelRate,
                HeadOnly = parsed.GetValue(head),
                Seed = parsed.GetValue(common.Seed),
                Threads = parsed.GetValue(common.Threads),
                Device = parsed.GetValue(common.Device),
                StateFile = state,
            };
            OnnxModel tuned = parsed.GetValue(labels) is int perClass
                ? Named(terminal, session, (train, test), given, perClass, cancellation)
                : Adapted(terminal, session, train, given, cancellation);
            AtomicFile.Write(path, stream => stream.Write(tuned.ToBytes()));
            KnownModels.OfUser.Add(path);
            File.Delete(state);
            terminal.Line($"tuned model in {path}; score it with 'uvl evaluate {Printable.Word(path)} --data {Printable.Word(spec)}'");
            terminal.Event("tuned", new JsonObject { ["path"] = path, ["steps"] = given.Steps });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static void RequirePositive(OptionResult option)
    {
        if (option.Tokens is [{ Value: string given }]
            && double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number <= 0)
        {
            option.AddError($"{option.Option.Name} '{given}': expected a number above 0.");
        }
    }

    static OnnxModel Adapted(Terminal terminal, EncoderSession session, ImageSet train, TuneOptions options, CancellationToken cancellation)
    {
        OnnxModel? tuned = null;
        WithProgress(terminal, options, given =>
            tuned = ContrastTuning.Run(OnnxFile.Load(session.Path), train, given, cancellation));
        return tuned!.Only("embedding").WithMetadata(Metadata(session, train));
    }

    static OnnxModel Named(Terminal terminal, EncoderSession session, (ImageSet Train, ImageSet Test) data, TuneOptions options,
        int perClass, CancellationToken cancellation)
    {
        ImageClasses classes = ImageClasses.OfBoth(data.Train, data.Test) ?? throw new InvalidDataException(
            $"'{data.Train.Name}': expected labelled images for --labels, found none with labels; leave out --labels.");
        bool isHeldOut = HeldOut.Of(ref data.Train, ref data.Test);
        ImageSet labelled = LabelledPick.Of(data.Train, perClass, options.Seed);
        Rows rows = new(EmbedRun.InMemory(terminal, session, labelled, cancellation).Values, session.Dimension);
        (OnnxModel Encoder, LinearClassifier Classifier)? made = null;
        WithProgress(terminal, options, given =>
            made = LabelTuning.Run(OnnxFile.Load(session.Path), labelled, rows, classes.Count, given, cancellation));
        (OnnxModel tuned, LinearClassifier classifier) = made!.Value;
        Dictionary<string, string> metadata = Metadata(session, data.Train, options.HeadOnly);
        metadata[ModelKeys.Clusterer] = "tuned";
        metadata[ModelKeys.Clusters] = classes.Count.ToString(CultureInfo.InvariantCulture);
        metadata[ModelKeys.ClustererDatasetSha256] = data.Train.Sha256;
        ClusterDigits.Add(metadata, [.. Enumerable.Range(0, classes.Count)], classes);
        OnnxModel fused = FusedModel.Fuse(tuned, (graph, x) =>
            ClusterHead.Linear(graph, x, classifier.Weight, classifier.Bias), metadata);
        string how = options.HeadOnly ? "classifier" : "tuned";
        Score(terminal, fused, data.Test, options, ($"{how} with {Printable.Count(labelled.Count, "label")}", isHeldOut ? "held-out"
            : "test"));
        return fused;
    }

    static void Score(Terminal terminal, OnnxModel model, ImageSet test, TuneOptions options, (string How, string Where) said)
    {
        double right = TunedAccuracy.Of(model, test, options);
        (double low, double high) = WilsonInterval.Of(right, test.Count);
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{said.How}: accuracy {right:p2} on {test.Count:n0} {said.Where} images "
            + $"(95 % interval {low:p2} to {high:p2})"));
        terminal.Event("scored", new JsonObject { ["accuracy"] = right, ["images"] = test.Count, ["held_out"] = said.Where != "test" });
    }

    static void WithProgress(Terminal terminal, TuneOptions options, Action<TuneOptions> work) =>
        terminal.WithProgress("tuning", options.Steps, "steps", report => work(options with
        {
            Progress = (step, loss) => report(step, string.Create(CultureInfo.InvariantCulture, $"loss {loss:f3}")),
        }));

    // What was said of the weights before holds no longer: clusters, and novelty where the encoder learned.
    static Dictionary<string, string> Metadata(EncoderSession session, ImageSet train, bool hasSameEncoder = false)
    {
        string[] stale = [ModelKeys.Clusterer, ModelKeys.Clusters, ModelKeys.ClustererDatasetSha256, ModelKeys.ClusterDigits,
            ModelKeys.ClusterDigitsUseLabels, ModelKeys.Classes,
            .. hasSameEncoder ? Array.Empty<string>() : [ModelKeys.Novelty, ModelKeys.NoveltyDatasetSha256]];
        return new(session.Metadata.Where(pair => !stale.Contains(pair.Key)))
        {
            [ModelKeys.Tuned] = train.Name,
            [ModelKeys.TunedDatasetSha256] = train.Sha256,
        };
    }
}
