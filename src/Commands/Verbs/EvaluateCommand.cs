using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
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
        var layer = new Option<string>("--layer")
        {
            Description = "Output of the models to use as the embedding, such as feature for moco.",
            DefaultValueFactory = _ => "embedding"
        };
        var map = new Option<int>("--tsne")
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
            models, common.Data, common.Fit, common.Polarity, common.Transpose, output, protocol, k, layer, map, sweep, common.Seed,
                common.SkipBad,
                common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string folder = parsed.GetValue(output)!;
            OutputPath.RequireFolder(folder);
            int? clusterCount = CommonOptions.CountOf(parsed, k);
            string spec = common.Spec(parsed, terminal);
            string[] paths = [.. parsed.GetValue(models)!.Select(CommonOptions.ModelFile)];
            (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, spec, FitOf(paths)); // models are tried before
            Ablation[] ablations = [.. (parsed.GetValue(sweep) ?? []).Select(Ablation.Read)];
            var evaluation = new Evaluation(train, test, new()
            {
                Seed = parsed.GetValue(common.Seed),
                Threads = parsed.GetValue(common.Threads),
                Device = parsed.GetValue(common.Device),
                ClusterCount = clusterCount,
            });
            var (rows, reported) = (new List<EvaluationRow>(), new List<ReportedModel>());
            foreach (string path in paths)
            {
                using EncoderSession session = Open(path);
                if (ModelOutputs.LearntFromLabels(session))
                {
                    terminal.Note($"{path}: its classifier learnt from labels and is left out; 'uvl probe' scores one.");
                }
                ModelOutputs outputs = Embed(terminal, session, train, test, cancellation);
                terminal.Stage($"clustering and scoring {outputs.Method}");
                rows.AddRange(evaluation.Run(outputs, parsed.GetValue(protocol) ?? ProtocolChoice.Both, cancellation));
                reported.Add(new ReportedModel(outputs, Map(terminal, outputs, parsed.GetValue(map), parsed.GetValue(common.Threads),
                    cancellation), RunFiles.Beside(path)));
            }
            terminal.Stage("scoring raw pixels, for comparison");
            rows.AddRange(evaluation.Run(ModelOutputs.RawPixels(train, test), parsed.GetValue(protocol) ?? ProtocolChoice.Both,
                cancellation));
            var context = new ReportContext(train, test, Versions());
            AtomicFile.WriteTexts(
                (Path.Combine(folder, "metrics.json"), MetricsFile.Text(test, rows, context.Classes)),
                (Path.Combine(folder, "report.md"), MarkdownReport.Text(context, rows)),
                (Path.Combine(folder, "report.html"), HtmlReport.Text(context, rows, reported, ablations)));
            Print(terminal, rows, test, Path.Combine(folder, "report.html"));
            return Task.FromResult(ExitCodes.Ok);

            FitMode FitOf(string[] all)
            {
                FitMode[] fits = [.. all.Select(path =>
                {
                    using EncoderSession session = Open(path);
                    return session.Fit;
                })];
                int other = Array.FindIndex(fits, fit => fit != fits[0]);
                return other < 0 || parsed.GetResult(common.Fit) is not null ? fits[0]
                    : throw new ArgumentException($"MODEL: expected models of one fit of images, found {Preprocess.Word(fits[0])} of "
                        + $"'{all[0]}' and {Preprocess.Word(fits[other])} of '{all[other]}'; evaluate them apart, or say --fit.");
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
            report => outputs = ModelOutputs.Of(session, train, test, new Done(report), cancellation));
        return outputs!;
    }

    static TsnePlot? Map(Terminal terminal, ModelOutputs outputs, int images, int threads, CancellationToken cancellation)
    {
        TsnePlot? map = null;
        terminal.WithProgress($"t-SNE of {outputs.Method}", new TsneOptions().Iterations, "iterations", report =>
            map = TsnePlot.Of(outputs, images, threads, done =>
        {
            cancellation.ThrowIfCancellationRequested();
            report(done, "");
        }));
        return map;
    }

    static void Print(Terminal terminal, List<EvaluationRow> rows, ImageSet test, string report)
    {
        terminal.Line();
        if (rows.Any(row => row.Accuracy is not null))
        {
            terminal.Line($"{test.Count} test images of {test.Name}; accuracy, NMI, ARI and k-NN accuracy use labels for scoring only; "
                + $"training used none");
            terminal.Table(["method", "protocol", "clusters", "accuracy", "NMI", "ARI", "k-NN (k=20)", "linear"], rows.Select(row => new[]
            {
                row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(" "), Accuracy(row), Number(row.Nmi), Number(row.Ari),
                    Percent(row.NeighbourAccuracy), Percent(row.Linear),
            }));
        }
        else
        {
            terminal.Line($"{test.Count} test images of {test.Name}, without labels: only the figures that need none");
            terminal.Table(["method", "protocol", "clusters", "silhouette", "sizes", "effective rank", "uniformity"],
                rows.Select(row => new[]
            {
                row.NameAmong(rows), row.Protocol.Word(), row.ClustersText(" "), Number(row.Silhouette),
                    $"{row.Sizes.Min()} to {row.Sizes.Max()}", Number(row.EffectiveRank), Number(row.Uniformity),
            }));
        }
        foreach (IGrouping<string, EvaluationRow> remarked in rows.Where(row => row.Remark is not null).GroupBy(row => row.Remark!))
        {
            IEnumerable<string> names = remarked.Select(row => $"{row.NameAmong(rows)} {row.Protocol.Word()} {row.ClustersText(" ")}");
            terminal.Line($"caution: {string.Join(", ", names)}: {remarked.Key}");
        }
        foreach (SeedSpread spread in SeedSpread.Of(rows))
        {
            if (spread.Figures.GetValueOrDefault("accuracy") is Spread accuracy)
            {
                terminal.Event("spread", new JsonObject
                {
                    ["method"] = spread.Method,
                    ["protocol"] = spread.Protocol.Word(),
                    ["clusterer"] = spread.Clusterer.Word(),
                    ["k"] = spread.K,
                    ["seeds"] = new JsonArray([.. spread.Seeds.Select(seed => JsonValue.Create(seed))]),
                    ["accuracy_mean"] = accuracy.Mean,
                    ["accuracy_deviation"] = accuracy.StandardDeviation,
                });
                terminal.Line($"{spread.Method}, {spread.Protocol.Word()}, {spread.K} {spread.Clusterer.Word()}, over seeds "
                    + $"{string.Join(", ", spread.Seeds)}: accuracy {Percent(accuracy.Mean)}, standard deviation "
                    + $"{Percent(accuracy.StandardDeviation)}, {Percent(accuracy.Lowest)} to {Percent(accuracy.Highest)}");
            }
        }
        terminal.Line();
        terminal.Line($"report: {report}");
        foreach (EvaluationRow row in rows)
        {
            terminal.Event("row", MetricsFile.Row(row));
        }
        terminal.Event("report", new JsonObject { ["path"] = report });
    }

    static Dictionary<string, string> Versions() => new()
    {
        ["uvl"] = ProgramVersion.Text,
        ["ONNX Runtime"] = RuntimeInfo.Version,
        [".NET"] = Environment.Version.ToString(),
    };

    static string Accuracy(EvaluationRow row) =>
        Percent(row.Accuracy) + (row.MajorityVote is double vote ? $" (vote {Percent(vote)})" : "");

    static string Percent(double? share) => share is double known ? Percent(known) : "-";

    static string Number(double? number) => number is double known ? known.ToString("f3", CultureInfo.InvariantCulture) : "-";

    static string Percent(double share) => share.ToString("p2", CultureInfo.InvariantCulture);

    sealed class Done(Action<long, string> report) : IProgress<int>
    {
        public void Report(int value) => report(value, "");
    }
}
