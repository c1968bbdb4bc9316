using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Deploy.Bundles;
using Toolchain.Deploy.Runtimes;
using Toolchain.Evaluate;

namespace Toolchain.Deploy.Verbs;

/// <summary><c>uvl crosscheck BUNDLE|MODEL [--data D]</c>: the model in every runtime found on this machine.</summary>
static class CrosscheckCommand
{
    const string NodeModulesName = "node_modules";
    const int DeleteAttempts = 10;

    static readonly TimeSpan DeletePause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "A bundle (uvl bundle), or an encoder's model.onnx or its folder." };
        var images = new Option<int>("--images") { Description = "Take the first images only; 0 takes all.", DefaultValueFactory = _ => 0 };
        var only = new Option<string[]>("--runtime")
        {
            Description = $"Run this one: {string.Join(", ", RuntimeList.Of(null).Select(runtime => runtime.Key))}; repeatable.",
        };
        var modules = new Option<string?>("--node-modules")
        {
            Description = "Folder with onnxruntime-node and onnxruntime-web (npm); by default NODE_PATH, or node_modules here or above.",
        };
        var command = new Command("crosscheck", "Run a model in every runtime found on this machine, and compare accuracy, outputs, "
            + "clusters and speed.\n\nExample: uvl crosscheck models/refined --data mnist")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, images, only, modules, common.SkipBad,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string given = parsed.GetValue(model)!;
            KnownRuntime[] runtimes = Chosen(RuntimeList.Of(parsed.GetValue(modules) ?? FindModules()), parsed.GetValue(only) ?? []);
            BundleFolder? bundle = BundleFolder.At(given);
            bundle?.RequireDigests();
            using var opened = BundleModel.Open(bundle?.Model ?? CommonOptions.ModelFile(given), ProgramStart.Trial);
            (ClusterNames names, ImageSet test) = Open(opened, bundle);
            int count = parsed.GetValue(images);
            test = count > 0 ? test.Take(count) : test;
            string folder = Directory.CreateTempSubdirectory("uvl-crosscheck-").FullName;
            try
            {
                // The scripts are this program's, also for a bundle that came from elsewhere.
                var made = BundleWriter.Make(opened, names, test, card: null,
                    clusters => [VariantMaker.Exported(opened, names, test, clusters)], cancellation);
                var found = new CheckedModel(opened, names, test, bundle?.ExpectedOf(test), folder)
                {
                    Reference = CheckedModel.Run(opened.Session, names, test, cancellation) with { VectorDifference = made.Difference },
                };
                made.Save(found.Bundle);
                IdxFolder.Write(found.Data(isSlow: false), test);
                IdxFolder.Write(found.Data(isSlow: true), test.Take(CheckedModel.Few));
                var rows = new List<RuntimeRow>();
                terminal.WithProgress("crosschecking", runtimes.Length, "", report =>
                {
                    foreach (KnownRuntime runtime in runtimes)
                    {
                        report(rows.Count, runtime.Name);
                        rows.Add(RuntimeList.Run(runtime, found, cancellation));
                    }
                });
                Print(terminal, given, $"{Printable.Count(test.Count, "image")} of {Name(test)}{bundle?.StatedOf(test)}", rows);
                string[] misses = [.. rows.Where(row => row.Passed is false).Select(row => $"{row.Runtime}: {row.Reason}")];
                return misses.Length == 0 ? Task.FromResult(ExitCodes.Ok)
                    : throw new CheckFailedException($"'{given}': {string.Join("; ", misses)}");
            }
            finally
            {
                Delete(folder);
            }

            (ClusterNames, ImageSet) Open(BundleModel model, BundleFolder? bundle)
            {
                string spec = common.Spec(parsed, terminal);
                if (bundle is not null)
                {
                    return (bundle.Names(model.Session.Dimension),
                        common.Open(parsed, terminal, spec, Split.Test, model.Session.Preprocess));
                }
                ImageSet known = common.Open(parsed, terminal, spec, Split.Test, model.Session.Preprocess);
                if (ClusterNames.OfModel(model.Session, known.Classes) is { } own)
                {
                    return (own, known);
                }
                (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, spec, model.Session.Preprocess);
                return (ClusterNames.Fit(model.Session, train, cancellation), test);
            }
        });
        return command;
    }

    static KnownRuntime[] Chosen(IReadOnlyList<KnownRuntime> all, string[] keys)
    {
        string? unknown = Array.Find(keys, key => all.All(runtime => runtime.Key != key));
        return unknown is null ? [.. all.Where(runtime => keys.Length == 0 || keys.Contains(runtime.Key))]
            : throw new ArgumentException($"--runtime '{unknown}': expected one of "
                + $"{string.Join(", ", all.Select(runtime => runtime.Key))}.");
    }

    // A browser that was killed may still write into its profile for a moment.
    static void Delete(string folder)
    {
        for (int attempt = 0; attempt < DeleteAttempts && Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(DeletePause);
            }
        }
    }

    static string? FindModules()
    {
        if (Environment.GetEnvironmentVariable("NODE_PATH") is { Length: > 0 } named)
        {
            return named;
        }
        for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, NodeModulesName);
            if (Directory.Exists(Path.Combine(path, "onnxruntime-web")) || Directory.Exists(Path.Combine(path, "onnxruntime-node")))
            {
                return path;
            }
        }
        return null;
    }

    static string Name(ImageSet images) =>
        $"{Printable.Line(images.Name)}{(images.Split == Split.All ? "" : $" {images.Split.ToString().ToLowerInvariant()}")}";

    static void Print(Terminal terminal, string given, string data, List<RuntimeRow> rows)
    {
        terminal.Table(["runtime", "version", "images", "accuracy", "difference", "changed", "images/s", "result"], rows.Select(row =>
            (string[])
            [
                row.Runtime, row.Version ?? "-", Text(row.Passed is null ? null : row.Images, "n0"),
                row.Accuracy is null ? "-" : ModelVariant.Share(row.Accuracy),
                Text(row.Difference, row.Difference > 0 ? "0.0e-00" : "0"), Text(row.Changed, "n0"),
                Text(row.ImagesPerSecond, "n0"), row.Passed switch { true => "pass", false => "MISS", null => "absent" },
            ]));
        terminal.Line();
        terminal.Line($"{given}: {data}.");
        terminal.Line($"{given}: differences and changed clusters are to ONNX Runtime on the CPU, its own difference to the float64 "
            + "evaluator's test vectors; of numbers above 1 relative.");
        foreach (RuntimeRow row in rows.Where(row => row.Reason is not null))
        {
            terminal.Line($"{row.Runtime}: {row.Reason}");
        }
        terminal.Event("crosschecked", new JsonObject
        {
            ["path"] = given,
            ["data"] = data,
            ["runtimes"] = new JsonArray([.. rows.Select(row => (JsonNode)row.ToJson())]),
        });
    }

    static string Text(IFormattable? value, string format) => value is null ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
