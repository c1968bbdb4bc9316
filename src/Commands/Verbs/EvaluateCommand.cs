using System.CommandLine;
using Toolchain.Clustering.Tsne;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl evaluate MODEL... --data D --out DIR</c>.</summary>
static class EvaluateCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var models = new Argument<string[]>("MODEL")
        {
            Description = "One or more model.onnx, or their folders, such as runs.",
            Arity = ArgumentArity.OneOrMore
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder for metrics.json, report.md and report.html.",
            DefaultValueFactory = _ => "runs/evaluation"
        };
        var protocol = new Choice<ProtocolChoice?>("--protocol") { Description = "strict, poster or both (default)." };
        var k = new Option<int>("--k")
        {
            Description = "Number of clusters of the strict protocol; by default as many as classes have images, or 10."
        };
        var balanced = new Option<bool>("--balanced")
        {
            Description = "Also cluster by k-means with clusters of even size: for data with about as many images of each class."
        };
        var layer = new Option<string>("--layer")
        {
            Description = "Output of the models to use as the embedding, such as feature for moco.",
            DefaultValueFactory = _ => "embedding"
        };
        var tsne = new Option<int>("--tsne")
        {
            Description = "Test images in the report's t-SNE plot of each model; 0 for none.",
            DefaultValueFactory = _ => 10_000,
            Validators =
            {
                result =>
                {
                    if (result.GetValueOrDefault<int>() < 0)
                    {
                        result.AddError($"--tsne '{result.Tokens[0].Value}': expected a number of images, or 0 for no plot.");
                    }
                }
            }
        };
        var sweep = new Option<string[]>("--sweep")
        {
            Description = "Folder of an 'uvl sweep' to show in the report; repeatable.",
            AllowMultipleArgumentsPerToken = false
        };
        var command =
            new Command("evaluate", "Cluster, score and report models. Without labels, only the figures that need none.\n\nExample: uvl "
            + "evaluate runs/quick/moco/model.onnx --data mnist --out runs/report")
        {
            models, common.Data, common.Fit, common.Polarity, common.Transpose, output, protocol, k, balanced, layer, tsne, sweep,
                common.Seed, common.SkipBad, common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string folder = parsed.GetValue(output)!;
            OutputPath.RequireFolder(folder);
            int? clusterCount = CommonOptions.CountOf(parsed, k);
            string spec = common.Spec(parsed, terminal);
            string[] paths = [.. parsed.GetValue(models)!.Select(CommonOptions.ModelFile)];
            (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, spec, PreprocessOf(paths)); // models are tried before
            var sets = EvaluationSets.Of(train, test);
            (train, test) = (sets.Train, sets.Test);
            DropGarbage();
            Ablation[] ablations = [.. (parsed.GetValue(sweep) ?? []).Select(Ablation.Read)];
            var options = new EvaluationOptions
            {
                Seed = parsed.GetValue(common.Seed),
                Threads = parsed.GetValue(common.Threads),
                Device = parsed.GetValue(common.Device),
                ClusterCount = clusterCount,
                Balanced = parsed.GetValue(balanced),
            };
            var evaluation = new Evaluation(sets, options);
            var (rows, reported) = (new List<EvaluationRow>(), new List<ReportedModel>());
            ProtocolChoice choice = parsed.GetValue(protocol) ?? ProtocolChoice.Both;
            Task<IReadOnlyList<EvaluationRow>>? pixelRows = HasRoom() ? Task.Run(() => OfPixels(null), cancellation) : null;
            foreach (string path in paths)
            {
                using EncoderSession session = Open(path);
                if (ModelOutputs.LearntFromLabels(session))
                {
                    terminal.Note($"{path}: its classifier learnt from labels and is left out; 'uvl probe' scores one.");
                }
                ModelOutputs outputs = Embed(terminal, session, train, test, cancellation);
                DropGarbage();
                Score($"clustering and scoring {outputs.Method}", progress => evaluation.Run(outputs, choice, progress, cancellation));
                TsnePlot? plot = Plot(terminal, outputs, parsed.GetValue(tsne), parsed.GetValue(common.Threads), cancellation);
                reported.Add(new ReportedModel(outputs, plot, RunFiles.Beside(path)));
            }
            Score("scoring raw pixels, for comparison", progress => pixelRows?.GetAwaiter().GetResult() ?? OfPixels(progress));
            var context = new ReportContext(train, test, Versions());
            var errors = SharedErrors.Of(rows, reported, test);
            AtomicFile.WriteTexts(
                (Path.Combine(folder, "metrics.json"), MetricsFile.Text(test, rows, context.Classes, errors)),
                (Path.Combine(folder, "report.md"), MarkdownReport.Text(context, rows, errors)),
                (Path.Combine(folder, "report.html"), HtmlReport.Text(context, rows, reported, ablations)));
            EvaluationText.Print(terminal, rows, test, errors, Path.Combine(folder, "report.html"));
            return Task.FromResult(ExitCodes.Ok);

            // Then pixels are scored beside the models: each computes while the other has work for one thread alone.
            bool HasRoom() => options.Threads == 0 && test.Count <= EvaluationSets.MostLearnt;

            IReadOnlyList<EvaluationRow> OfPixels(IProgress<string>? progress)
            {
                EvaluationSets pixels = sets.ForPixels();
                return (ReferenceEquals(pixels, sets) ? evaluation : new Evaluation(pixels, options))
                    .Run(ModelOutputs.RawPixels(pixels.Train, pixels.Test), choice, progress, cancellation);
            }

            void Score(string title, Func<IProgress<string>, IReadOnlyList<EvaluationRow>> rowsOf) =>
                terminal.WithProgress(title, 0, "", report =>
            {
                int done = 0;
                var progress = new DirectProgress<string>(step =>
                {
                    DropGarbage();
                    report(done++, step);
                });
                rows.AddRange(rowsOf(progress));
            });

            // Of very many images each step leaves gigabytes, which .NET by itself gives back late.
            void DropGarbage()
            {
                if (test.Count > EvaluationSets.MostLearnt)
                {
                    GC.Collect();
                }
            }

            Preprocess PreprocessOf(string[] all)
            {
                Preprocess[] asked = [.. all.Select(path =>
                {
                    using EncoderSession session = Open(path);
                    return session.Preprocess;
                })];
                int other = Array.FindIndex(asked, each => each.Shape != asked[0].Shape
                    || (each != asked[0] && parsed.GetResult(common.Fit) is null));
                return other < 0 ? asked[0] : throw new ArgumentException($"MODEL: expected models of one size and fit of images, found "
                    + $"{asked[0]} of '{all[0]}' and {asked[other]} of '{all[other]}'; evaluate them apart"
                    + $"{(asked[other].Shape == asked[0].Shape ? ", or say --fit" : "")}.");
            }

            EncoderSession Open(string path) => EncoderSession.Open(path, common.Encoder(parsed) with { Layer = parsed.GetValue(layer)! });
        });
        return command;
    }

    static ModelOutputs Embed(Terminal terminal, EncoderSession session, ImageSet train, ImageSet test, CancellationToken cancellation)
    {
        ModelOutputs? outputs = null;
        terminal.WithProgress($"embedding {session.Metadata.GetValueOrDefault(ModelKeys.Method, "")}".TrimEnd(), train.Count + test.Count,
            "images",
            report => outputs = ModelOutputs.Of(session, train, test, new DirectProgress<int>(done => report(done, "")), cancellation));
        return outputs!;
    }

    static TsnePlot? Plot(Terminal terminal, ModelOutputs outputs, int images, int threads, CancellationToken cancellation)
    {
        TsnePlot? plot = null;
        terminal.WithProgress($"t-SNE of {outputs.Method}", new TsneOptions().Iterations, "iterations", report =>
            plot = TsnePlot.Of(outputs, images, threads, done =>
            {
                cancellation.ThrowIfCancellationRequested();
                report(done, "");
            }));
        return plot;
    }

    static Dictionary<string, string> Versions() => new()
    {
        ["uvl"] = ProgramVersion.Text,
        ["ONNX Runtime"] = RuntimeInfo.Version,
        [".NET"] = Environment.Version.ToString(),
    };
}
