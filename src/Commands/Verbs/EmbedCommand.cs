using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl embed MODEL --data D --out F</c>.</summary>
public static class EmbedCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string?>("MODEL")
        {
            Description = "A model.onnx, or its folder.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var output = new Option<string>("--out")
        {
            Description = "Output file; its extension selects .npy, .csv, .parquet or .arrow. -: standard output, a row for each image in "
                + "order, in --format; an unreadable image has a row with its error.",
            Required = true
        };
        var columns = new EmbedColumnOptions();
        var shard = new Option<string?>("--shard")
        {
            Description = "i/n: embed only the i-th of n ranges of images, i in [0..n); the same --out for all, then --merge. auto: the "
                + "range of this task of a Slurm job array, a Kubernetes Indexed Job, or MPI. A finished shard is skipped."
        };
        var format = new Choice<StreamFormat?>("--format") { Description = "With --out -: JSON lines (default) or an Arrow IPC stream." };
        var merge = new Option<bool>("--merge") { Description = "Merge the shards of --out; needs no MODEL." };
        var command =
            new Command("embed", "Embed images with a model. Run the same command again to resume a stopped run.\n\n"
            + "Examples: uvl embed runs/quick/moco/model.onnx --data mnist --split test --out test.npy\n          find scans -name '*.png' "
            + "-print0 | uvl embed model.onnx --data - --out scans.parquet")
        {
            model, common.Data, common.Polarity, common.Transpose, columns.Split, output, columns.Cluster, columns.Probability,
                common.Novelty, format, shard, merge, common.Fit, common.SkipBad, common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!;
            bool isPiped = path == EmbedPipe.Name;
            Require(isPiped || parsed.GetResult(format) is null, $"--format: expected with --out -, found --out '{path}', whose extension "
                + "selects the format.");
            Require(!isPiped || (parsed.GetResult(shard) is null && !parsed.GetValue(merge)), "--out -: expected neither --shard nor "
                + "--merge, which need a file.");
            if (!isPiped)
            {
                EmbeddingFile.RequireFormat(path);
            }
            if (parsed.GetValue(merge))
            {
                Merge(terminal, path, cancellation);
                return Task.FromResult(ExitCodes.Ok);
            }
            Shard? part = EngineShard.Parse(parsed.GetValue(shard));
            if (!isPiped)
            {
                OutputPath.RequireFile(path);
            }
            using EncoderSession session =
                EncoderSession.Open(CommonOptions.ModelFile(parsed.GetValue(model)
                ?? throw new ArgumentException("expected MODEL, or --merge; found neither.")), common.Encoder(parsed));
            var options = new EmbedOptions
            {
                Cluster = parsed.GetValue(columns.Cluster),
                Probability = parsed.GetValue(columns.Probability),
                Novelty = parsed.GetValue(common.Novelty),
            };
            var request = new EmbedRequest(parsed.GetValue(columns.Split) ?? Split.All, path, options, session.Preprocess, part);
            if (isPiped)
            {
                StreamFormat rows = parsed.GetValue(format) ?? StreamFormat.Ndjson;
                EmbedPipe.Run(terminal, parsed, common, request, (source, piped, all) =>
                    EmbedStreamJob.Run(session, source, rows, piped, all, cancellation));
                return Task.FromResult(ExitCodes.Ok);
            }
            EmbedRun.Execute(terminal, parsed, common, request, (source, all) => part is null
                ? EmbedJob.Run(session, source, path, all, cancellation)
                : EmbedJob.RunShard(session, source, path, part, all, cancellation));
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static void Merge(Terminal terminal, string path, CancellationToken cancellation)
    {
        (long rows, int shards) = ShardMerge.Run(path, null, cancellation);
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{Printable.Count(rows, "row")} of {Printable.Count(shards, "shard")} "
            + $"in {path}"));
        terminal.Event("merged", new JsonObject { ["path"] = path, ["count"] = rows, ["shards"] = shards });
    }

    static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
