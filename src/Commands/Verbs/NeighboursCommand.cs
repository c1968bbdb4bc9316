using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Commands.Ranks;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary>Images with their embeddings.</summary>
/// <param name="Rows">The embeddings, [N,D].</param>
/// <param name="Data">The images.</param>
/// <param name="Sha256">Digest of the model.</param>
sealed record EmbeddedImages(Rows Rows, ImageSet Data, string Sha256);

/// <summary>
/// <c>uvl neighbours VECTORS --out F.index</c> builds an index; <c>uvl neighbours F.index --query Q | --row I | --image P --model M</c>
/// asks it; <c>--each</c> gives the neighbours of all rows.
/// </summary>
static class NeighboursCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var source = new Argument<string>("VECTORS")
        {
            Description = "An index file (.index), embeddings (.npy, .csv, .parquet, .arrow of an 'uvl embed'), or a model, which embeds "
                + "--data."
        };
        var split = new Choice<Split?>("--split") { Description = "With a model: train, test or all (default)." };
        var query = new Option<string?>("--query") { Description = "Embeddings to look for, a file of 'uvl embed'." };
        var row = new Option<int[]>("--row")
        {
            Description = "A row of the index to look for, 0-based, without itself; repeatable.",
            AllowMultipleArgumentsPerToken = false
        };
        var image = new Option<string?>("--image") { Description = "Pictures to look for: a file or folder, embedded by --model." };
        var encoder = new Option<string?>("--model") { Description = "The model of --image; the one that made the index's rows." };
        var each = new Option<bool>("--each") { Description = "Look for every row of the index, without itself." };
        Option<int> count = NeighbourOptions.Count();
        var mode = new Choice<NeighbourMode>("--mode")
        {
            Description = $"auto (default): exact, but approximate for --each or an index of more than {NeighbourSearch.MostExactRows} "
                + "rows; exact: compare all; approximate: search the nearest cells."
        };
        var probes = new Option<int>("--probes")
        {
            Description = "Cells that an approximate search looks into.",
            DefaultValueFactory = _ => new NeighbourIndexOptions().Probes
        };
        var output = new Option<string?>("--out")
        {
            Description = "Without a query the index file (.index); with one a table (.csv), or row numbers (.npy) with their distances "
                + "beside; by default a table on standard output."
        };
        var ranks = new RankOptions();
        ranks.Shard.Description = "i/n: with --each --mode exact, search together with n - 1 other such programs; the same --out "
            + "(.npy) for all, in a folder that all see. auto: the rank of this task of Slurm (srun, or a job array), a Kubernetes Indexed "
            + "Job, or MPI.";
        var command = new Command("neighbours", "Find the nearest vectors by Euclidean distance, exact or approximate; build an index "
            + "file.\n\nExamples: uvl neighbours vectors.npy --out vectors.index\n          uvl neighbours vectors.index "
            + "--query others.npy --count 5 --out near.csv\n          uvl neighbours vectors.index --image photo.png "
            + "--model models/moco\n          uvl neighbours vectors.npy --each --count 15 --out graph.npy\n"
            + "          srun -n 4 uvl neighbours vectors.npy --each --mode exact --shard auto --out graph.npy")
        {
            source, query, row, image, encoder, each, count, mode, probes, output, ranks.Shard, ranks.Wait, common.Data, split, common.Fit,
                common.Polarity, common.Transpose, common.SkipBad, common.Seed, common.Threads, common.Device,
        };
        command.Aliases.Add("search");
        command.SetAction((parsed, cancellation) =>
        {
            (var terminal, string given, string? path) = (new Terminal(parsed), parsed.GetValue(source)!, parsed.GetValue(output));
            int[] rowsAsked = parsed.GetValue(row) ?? [];
            (string? queryFile, string? pictures) = (parsed.GetValue(query), parsed.GetValue(image));
            int asked = (queryFile is null ? 0 : 1) + (rowsAsked.Length > 0 ? 1 : 0) + (pictures is null ? 0 : 1)
                + (parsed.GetValue(each) ? 1 : 0);
            Require(asked <= 1, "expected one of --query, --row, --image and --each, found several.");
            Require(asked == 1 || path is not null, "expected --query, --row, --image or --each, or --out F.index to build an index; found "
                + "neither.");
            Require((pictures is null) == (parsed.GetValue(encoder) is null), "--image, --model: expected both or neither, found one.");
            if (path is not null)
            {
                Endings.Require(path, asked == 0 ? [NeighbourIndexFile.Ending] : [".csv", ".npy"]);
                string[] read = [given, queryFile ?? given, pictures ?? given, parsed.GetValue(common.Data) ?? given];
                CommonOptions.RequireApart(path, asked == 0 ? [path] : NeighbourAnswer.FilesOf(path), read);
            }
            var options = new NeighbourIndexOptions
            {
                Probes = parsed.GetValue(probes),
                Seed = parsed.GetValue(common.Seed),
                Threads = parsed.GetValue(common.Threads)
            };
            Require(options.Probes >= 1, $"--probes '{options.Probes}': expected at least 1.");
            if (ranks.Of(parsed, terminal, path ?? "", cancellation) is RankedFit shared)
            {
                Require(parsed.GetValue(each) && parsed.GetValue(mode) == NeighbourMode.Exact && EmbeddingFile.HasFormat(given)
                    && Path.GetExtension(path ?? "").Equals(".npy", StringComparison.OrdinalIgnoreCase),
                    "--shard: expected embeddings, --each, --mode exact and --out F.npy.");
                NeighbourRank.Run(shared, given, parsed.GetValue(count), options.Threads);
                return Task.FromResult(ExitCodes.Ok);
            }
            bool isIndex = Path.GetExtension(given).Equals(NeighbourIndexFile.Ending, StringComparison.OrdinalIgnoreCase);
            NeighbourIndexFile known = isIndex ? NeighbourIndexFile.Read(given) : Load();
            if (asked == 0)
            {
                Require(!isIndex, $"'{given}': expected embeddings or a model to build an index of, found an index.");
                Build();
                return Task.FromResult(ExitCodes.Ok);
            }
            int own = rowsAsked.Length > 0 || parsed.GetValue(each) ? 1 : 0, most = known.Rows.Count - own, wanted = parsed.GetValue(count);
            Require(wanted >= 1 && wanted <= most, $"--count '{wanted}': expected 1 to {most} for {known.Rows.Count} rows.");
            Array.ForEach(rowsAsked, one => Require(one >= 0 && one < known.Rows.Count,
                $"--row '{one}': expected a row in [0..{known.Rows.Count})."));
            (string[] names, Rows rows) = parsed.GetValue(each) ? (Numbers(known.Rows.Count), known.Rows) : Queries();
            Require(rows.Width == known.Rows.Width, $"the queries: expected {known.Rows.Width} numbers each, as in '{given}', found "
                + $"{rows.Width}; embed both with one model.");
            var search = new NeighbourFinder(known, isIndex, parsed.GetValue(mode), options);
            NeighbourTable? found = null;
            terminal.WithProgress("searching", 0, "", _ => found = parsed.GetValue(each) ? search.OfEach(wanted)
                : own == 1 ? search.OfRows(rowsAsked, wanted) : search.Of(rows, wanted));
            var answer = new NeighbourAnswer(names, found!, known.Labels);
            if (path is null)
            {
                answer.Print(terminal);
                return Task.FromResult(ExitCodes.Ok);
            }
            answer.Save(path);
            answer.PrintSaved(terminal, path);
            return Task.FromResult(ExitCodes.Ok);

            NeighbourIndexFile Load()
            {
                if (!EmbeddingFile.HasFormat(given))
                {
                    (Rows embedded, ImageSet data, string sha256) = Embed(given, common.Spec(parsed, terminal, drawn: false),
                        parsed.GetValue(split) ?? Split.All);
                    return new(embedded, embedded, [], data.Labels, sha256);
                }
                (EmbeddingTable table, Rows read) = VectorFile.Read(given);
                return new(read, read, [], table.Labels, null);
            }

            void Build()
            {
                NeighbourIndex? built = null;
                terminal.WithProgress("indexing", 0, "", _ => built = NeighbourIndex.Build(known.Rows, options));
                (known with { Centres = built!.Centres, Cells = built.Cells }).Write(path!);
                terminal.Line($"{Printable.Count(built.Count, "row")} in {Printable.Count(built.Centres.Count, "cell")} in {path}");
                terminal.Event("indexed", new JsonObject
                {
                    ["path"] = path,
                    ["count"] = built.Count,
                    ["dimension"] = built.Width,
                    ["cells"] = built.Centres.Count
                });
            }

            (string[] Names, Rows Rows) Queries()
            {
                if (pictures is not null)
                {
                    (Rows embedded, ImageSet data, string sha256) = Embed(parsed.GetValue(encoder)!, pictures, Split.All);
                    return known.ModelSha256 is null || known.ModelSha256 == sha256 ? (data.FileNames ?? Numbers(data.Count), embedded)
                        : throw new InvalidModelException($"'{parsed.GetValue(encoder)}': expected the model that made "
                            + $"the rows of '{given}' (SHA-256 {known.ModelSha256[..12]}), found {sha256[..12]}; "
                            + "name that one or build the index again.");
                }
                if (queryFile is null)
                {
                    return (Array.ConvertAll(rowsAsked, one => one.ToString(CultureInfo.InvariantCulture)), known.Rows);
                }
                (EmbeddingTable table, Rows read) = VectorFile.Read(queryFile);
                return ([.. table.Names], read);
            }

            EmbeddedImages Embed(string model, string spec, Split part)
            {
                using EncoderSession session = EncoderSession.Open(CommonOptions.ModelFile(model), common.Encoder(parsed));
                ImageSet data = common.Open(parsed, terminal, spec, part, session.Preprocess);
                return session.Dimension > 0
                    ? new(new(EmbedRun.InMemory(terminal, session, data, cancellation).Values, session.Dimension), data, session.Sha256)
                    : throw new InvalidModelException($"'{session.Path}': expected an output 'embedding', found none; take an encoder.");
            }
        });
        return command;
    }

    static string[] Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
