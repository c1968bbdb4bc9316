using System.CommandLine;
using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Deploy.Bundles;

namespace Toolchain.Deploy.Verbs;

/// <summary><c>uvl bundle MODEL --data D --out DIR</c>: a folder that proves itself in any runtime.</summary>
static class BundleCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "An encoder's model.onnx, or its folder." };
        var output = new Option<string>("--out")
        {
            Description = "Folder to make, or an earlier bundle to renew: its README.md keeps your own text.",
            Required = true
        };
        var command = new Command("bundle", "Write a folder that runs and proves itself anywhere: the model in float32, float16 and 8 "
            + "bits, a card, test vectors, expected accuracy, and a check script for each runtime.\n\n"
            + "Example: uvl bundle runs/mine --data mnist --out bundle")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, output, common.SkipBad,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string folder = parsed.GetValue(output)!;
            RequireBundleOrNew(folder);
            string card = Path.Combine(folder, BundleLayout.Card);
            using var found = BundleModel.Open(CommonOptions.ModelFile(parsed.GetValue(model)!), ProgramStart.Trial);
            (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, common.Spec(parsed, terminal), found.Session.Preprocess);
            BundleWriter? bundle = null;
            terminal.WithProgress("bundling", 0, "", report =>
            {
                report(0, "naming clusters");
                var names = ClusterNames.Fit(found.Session, train, cancellation);
                report(1, "float16 and 8 bits");
                bundle = BundleWriter.Make(found, names, test, File.Exists(card) ? File.ReadAllText(card) : null,
                    clusters => new VariantMaker(found, names, train, test, clusters).Make(cancellation), cancellation);
            });
            bundle!.Save(folder);
            foreach (ModelVariant variant in bundle.Variants)
            {
                terminal.Line(variant.Bytes is null ? $"{variant.Path}: {variant.Reason}"
                    : FormattableString.Invariant($"{variant.Path}: {variant.Bytes.Length:n0} bytes, ")
                        + $"accuracy {ModelVariant.Share(variant.Accuracy)}");
            }
            terminal.Line($"{Printable.Count(bundle.Files.Count, "file")} in {folder}; check it with 'uvl crosscheck "
                + $"{Printable.Word(folder)}'");
            terminal.Event("bundled", new JsonObject
            {
                ["path"] = folder,
                ["files"] = bundle.Files.Count,
                ["images"] = test.Count,
                ["variants"] = new JsonObject([.. bundle.Variants.Select(variant =>
                    KeyValuePair.Create(variant.Path, (JsonNode?)variant.ToJson()))]),
            });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static void RequireBundleOrNew(string folder)
    {
        OutputPath.RequireFolder(folder);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()
            && !File.Exists(Path.Combine(folder, BundleLayout.Manifest)))
        {
            throw new ArgumentException($"--out '{folder}': expected a new folder or an earlier bundle, found a folder with other files; "
                + "name another.");
        }
    }
}
