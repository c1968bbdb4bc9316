using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Clustering.Tsne;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;
using Toolchain.Evaluate.Metrics;
using Toolchain.Inference;
using Toolchain.Commands.Plots.Pictures;

namespace Toolchain.Commands.Plots.Verbs;

/// <summary><c>uvl tsne MODEL --data D --out F</c>.</summary>
static class TsneCommand
{
    // A perplexity of 1, the least there is, takes 3 neighbours.
    const int LeastRows = 4;

    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL")
        {
            Description = "A model.onnx or its folder, or the .npy, .csv, .parquet or .arrow file of an 'uvl embed'."
        };
        var split = new Choice<Split?>("--split") { Description = "train, test (default) or all." };
        var output = new Option<string>("--out")
        {
            Description = "Output file: a plot (.png, .svg) or coordinates (.csv, .npy).",
            Required = true
        };
        var layer = new Option<string>("--layer")
        {
            Description = "Output of the model to embed, such as identity for capsules; several axes are flattened.",
            DefaultValueFactory = _ => "embedding"
        };
        var perplexity = new Number("--perplexity")
        {
            Description = "Effective number of nearest neighbours; by default 30, less for fewer than 91 rows.",
            DefaultValueFactory = _ => new TsneOptions().Perplexity
        };
        var iterations = new Option<int>("--iterations")
        {
            Description = "Iterations of gradient descent.",
            DefaultValueFactory = _ => new TsneOptions().Iterations
        };
        var command = new Command("tsne", "Compute and plot a 2-D embedding (t-SNE).\n\n"
            + "Examples: uvl tsne models/moco --data mnist --out plot.png\n          uvl tsne train.npy --out coordinates.csv")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, split, layer, output, perplexity, iterations, common.SkipBad,
                common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!;
            Endings.Require(path, ".png", ".svg", ".npy", ".csv");
            string given = CommonOptions.ModelFile(parsed.GetValue(model)!);
            CommonOptions.RequireApart(path, [path], given, Path.ChangeExtension(given, "labels.npy"),
                Path.ChangeExtension(given, "clusters.npy"), parsed.GetValue(common.Data) ?? given);
            var options = new TsneOptions
            {
                Perplexity = parsed.GetValue(perplexity),
                Iterations = parsed.GetValue(iterations),
                Threads = parsed.GetValue(common.Threads)
            };
            options.Check(int.MaxValue); // what no number of rows would allow, before any is read
            string modelOutput = parsed.GetValue(layer)!;
            (Rows rows, Colours colours) = EmbeddingFile.HasFormat(given) ? ReadFile(given, modelOutput, RequireRows) : Embed();
            TsneResult? found = null;
            terminal.WithProgress("t-SNE", options.Iterations, "iterations", report => found = TsneEmbedding.Fit(rows, options, done =>
            {
                cancellation.ThrowIfCancellationRequested();
                report(done, "");
            }));
            int different = NeighbourhoodQuality.DifferentRows(rows);
            NeighbourhoodQuality? quality = NeighbourhoodQuality.OfVaried(rows, found!.Coordinates, different, options.Threads);
            Save(path, found.Coordinates, colours);
            string kept = quality is null && rows.Count <= 2 * NeighbourhoodQuality.Count
                ? "too few rows to score neighbourhood preservation"
                : quality is null ? $"distinct embeddings: {different}, so neighbourhoods are not meaningful"
                : string.Create(CultureInfo.InvariantCulture,
                    $"trustworthiness {quality.Trustworthiness:f4}, {quality.Preserved:p2} of the 10 nearest neighbours preserved");
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{Printable.Count(rows.Count, "point")} in {path}; divergence "
                + $"{found.Divergence:f4} nats, {kept}"));
            terminal.Event("mapped", new JsonObject
            {
                ["path"] = path,
                ["count"] = rows.Count,
                ["divergence"] = found.Divergence,
                ["trustworthiness"] = quality?.Trustworthiness,
                ["kept"] = quality?.Preserved,
                ["different"] = different,
            });
            return Task.FromResult(ExitCodes.Ok);

            (Rows, Colours) Embed()
            {
                using EncoderSession session = EncoderSession.Open(given, common.Encoder(parsed) with { Layer = modelOutput });
                ImageSet data = common.Open(parsed, terminal, common.Spec(parsed, terminal, drawn: false),
                    parsed.GetValue(split) ?? Split.Test, session.Preprocess);
                RequireRows(data.Count);
                Embeddings embeddings = EmbedRun.InMemory(terminal, session, data, cancellation);
                return embeddings.Dimension > 0 ? (new Rows(embeddings.Values, embeddings.Dimension),
                    data is { Labels: int[] labels, Classes: { } classes }
                        ? new(classes.AreDigits ? "digit" : "class", labels, classes.Names) : Colours.Of(embeddings.Clusters))
                    : throw new InvalidModelException($"'{given}': expected an output embedding, found none; a model of clusters alone "
                        + "has no map.");
            }

            // Before images are embedded.
            void RequireRows(int count)
            {
                if (parsed.GetResult(perplexity) is not { Implicit: false })
                {
                    options = options with { Perplexity = Math.Min(options.Perplexity, TsneOptions.LargestPerplexity(count)) };
                }
                options.Check(count);
            }
        });
        return command;
    }

    static (Rows Rows, Colours Colours) ReadFile(string path, string layer, Action<int> require)
    {
        if (layer != "embedding")
        {
            throw new ArgumentException($"--layer '{layer}': expected a model with that output, found the embeddings '{path}'; name a "
                + "model.onnx or leave out --layer.");
        }
        EmbeddingTable table = EmbeddingFile.Read(path);
        if (table.Count < LeastRows)
        {
            throw new InvalidDataException($"'{path}': expected at least {LeastRows} embeddings, found {table.Count}.");
        }
        require(table.Count);
        return (VectorFile.Finite(table, path),
            table.Labels is int[] labels ? new(labels.Max() < 10 ? "digit" : "class", labels) : Colours.Of(table.Clusters));
    }

    // What the points are coloured by: classes, clusters, or nothing.
    sealed record Colours(string Name, int[] Values, IReadOnlyList<string>? Names = null)
    {
        public static Colours Of(long[]? clusters) => clusters is null ? new("", [])
            : new("cluster", Array.ConvertAll(clusters, cluster => (int)cluster));
    }

    static void Save(string path, Rows coordinates, Colours colours)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                NpyFile.Write(path, TensorEntry.Of<float>(coordinates.Values.ToArray(), coordinates.Count, 2));
                break;
            case ".csv":
                IEnumerable<string> lines = Enumerable.Range(0, coordinates.Count)
                    .Select(i => string.Create(CultureInfo.InvariantCulture,
                        $"{coordinates[i][0]:r},{coordinates[i][1]:r}{(colours.Values.Length > 0 ? $",{colours.Values[i]}" : "")}\n"));
                AtomicFile.WriteText(path, (colours.Values.Length > 0 ? $"x,y,{colours.Name}\n" : "x,y\n") + string.Concat(lines));
                break;
            default:
                double[] Axis(int axis) => [.. Enumerable.Range(0, coordinates.Count).Select(i => (double)coordinates[i][axis])];
                new ScatterPlot(string.Create(CultureInfo.InvariantCulture, $"t-SNE of {coordinates.Count:n0} "
                    + $"embeddings{(colours.Name == "cluster" ? ", by cluster" : "")}"), Axis(0), Axis(1), colours.Values,
                    colours.Names).Save(path);
                break;
        }
    }
}
