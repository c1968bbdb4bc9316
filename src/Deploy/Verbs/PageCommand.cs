using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering.Tsne;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Deploy.Pages;
using Toolchain.Evaluate.Metrics;
using Toolchain.Inference;

namespace Toolchain.Deploy.Verbs;

/// <summary><c>uvl page MODEL... --out DIR</c>: a site that runs models in a browser.</summary>
static class PageCommand
{
    // t-SNE needs some, and a picture of more has no room on a phone.
    const int LeastImages = 100, MostImages = 10000;

    public static Command Create()
    {
        var common = new CommonOptions();
        var models = new Argument<string[]>("MODEL")
        {
            Description = "Models (.onnx) or their folders; the first is shown at first.",
            Arity = ArgumentArity.OneOrMore
        };
        var output = new Option<string>("--out") { Description = "Folder of the site.", Required = true };
        var count = new Option<int>("--count")
        {
            Description = "Training images that the page compares with and shows on its map.",
            DefaultValueFactory = _ => 2000
        };
        var title = new Option<string>("--title")
        {
            Description = "Title of the page.",
            DefaultValueFactory = _ => "Unsupervised encoder, in your browser"
        };
        var runtime = new Option<string>("--runtime")
        {
            Description = "npm's folder (node_modules) with onnxruntime-web and fflate, which the site takes along.",
            DefaultValueFactory = _ => "node_modules"
        };
        var command = new Command("page", "Write a site that runs models in the browser: draw, drop files, see the nearest training "
            + "images. Any file server serves it.\n\nExample: uvl page models/refined models/moco --data mnist --out site "
            + "&& python3 -m http.server -d site")
        {
            models, common.Data, common.Fit, common.Polarity, output, count, title, runtime, common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            (string folder, string modules, int most) = (parsed.GetValue(output)!, parsed.GetValue(runtime)!, parsed.GetValue(count));
            OutputPath.RequireFolder(folder);
            SiteFolder.RequireRuntime(modules);
            if (most is < LeastImages or > MostImages)
            {
                throw new ArgumentException($"--count '{most}': expected {LeastImages} to {MostImages} images.");
            }
            string[] paths = [.. parsed.GetValue(models)!.Select(CommonOptions.ModelFile)];
            string[] names = Names(paths);
            string spec = common.Spec(parsed, terminal, drawn: false);
            (long all, long foreign) = SiteFolder.Write(folder, parsed.GetValue(title)!, modules,
                [.. paths.Zip(names, (path, name) => (name, Files(path)))]);
            string size = string.Create(CultureInfo.InvariantCulture,
                $"{(all - foreign) / 1e6:f1} MB and {foreign / 1e6:f1} MB of runtime");
            terminal.Line($"{Path.Combine(folder, "index.html")}: {Printable.Count(names.Length, "model")}, {size}; serve the folder with "
                + $"any file server, such as python3 -m http.server -d {folder}");
            terminal.Event("written", new JsonObject { ["path"] = folder, ["bytes"] = all, ["runtime_bytes"] = foreign });
            return Task.FromResult(ExitCodes.Ok);

            IReadOnlyList<(string, byte[])> Files(string path)
            {
                using EncoderSession session = EncoderSession.Open(path, common.Encoder(parsed));
                ImageSet data = common.Open(parsed, terminal, spec, Split.Train, session.Preprocess);
                if (data.Count < LeastImages)
                {
                    throw new ArgumentException($"--data '{spec}': expected at least {LeastImages} training images, found {data.Count}.");
                }
                HashSet<int> taken = [.. EvenSample.Of(data.Count, most)];
                ImageSet images = data.Count <= most ? data : data.Where(taken.Contains);
                Embeddings outputs = EmbedRun.InMemory(terminal, session, images, cancellation);
                PageModel? model = null;
                terminal.WithProgress("t-SNE", new TsneOptions().Iterations, "iterations", report =>
                    model = PageModel.Of(session, images, outputs, parsed.GetValue(common.Threads), done => report(done, "")));
                return [.. PageFolder.Files(model!, path, About(session, data))];
            }
        });
        return command;
    }

    static string About(EncoderSession session, ImageSet data)
    {
        string method = session.Metadata.GetValueOrDefault(ModelKeys.Method, "A model"),
            source = session.Metadata.GetValueOrDefault(ModelKeys.Dataset, "images that it does not name");
        string classes = data.Labels is null ? "Its clusters have no names."
            : session.HasClusters ? "Its clusters are named by training labels."
            : "Classes are a vote of the 20 nearest labelled training images.";
        return $"{method}, trained without labels on {source}. {classes}";
    }

    static string[] Names(string[] paths)
    {
        string[] names = [.. paths.Select(RunLayout.NameOf)];
        return names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: string twice }
            ? throw new ArgumentException($"MODEL '{twice}': expected models of different names, found two of it; rename a folder.")
            : names;
    }
}
