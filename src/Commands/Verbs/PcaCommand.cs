using System.CommandLine;
using Toolchain.Commands.Ranks;
using Toolchain.Data.Embeddings;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl pca VECTORS --components 50 --out pca.onnx</c>, and its use: <c>uvl pca VECTORS --apply pca.onnx --out F</c>.</summary>
static class PcaCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var ranks = new RankOptions();
        var vectors = new Argument<string>("VECTORS") { Description = "Embeddings (.npy, .csv, .parquet, .arrow of an 'uvl embed')." };
        var wanted = new ComponentFitOptions();
        (Option<int> components, Option<bool> whiten) = (wanted.Count, wanted.Whiten);
        var apply = new Option<string?>("--apply")
        {
            Description = "Components that an earlier fit wrote (.onnx): gives those of the embeddings and fits nothing."
        };
        var output = new Option<string>("--out")
        {
            Description = "Output file: a graph from embedding to component (.onnx), or a table of the embeddings' components (.npy, .csv, "
                + ".parquet, .arrow), usable wherever embeddings are read.",
            Required = true
        };
        var command = new Command("pca", "Fit principal components on embeddings, or apply fitted ones.\n\n"
            + "Examples: uvl pca vectors.npy --components 50 --out pca.onnx\n          uvl pca new.npy --apply pca.onnx --out new50.npy\n"
            + "          uvl pca vectors.npy --components 10 --whiten --out vectors10.parquet\n"
            + "          srun -n 4 uvl pca vectors.npy --components 50 --shard auto --out pca.onnx")
        {
            vectors, components, whiten, apply, output, ranks.Shard, ranks.Wait, common.Threads,
        };
        command.SetAction((parsed, cancellation) =>
        {
            (var terminal, string given, string path) = (new Terminal(parsed), parsed.GetValue(vectors)!, parsed.GetValue(output)!);
            PcaVectors.Require(given, path);
            int threads = parsed.GetValue(common.Threads);
            if (parsed.GetValue(apply) is string fitted)
            {
                ClusterVectors.RequireNone(parsed, $"expected for a fit, found --apply '{fitted}', whose components stay as they are",
                    components, whiten, ranks.Shard);
                EmbeddingFile.RequireFormat(path);
                CommonOptions.RequireApart(path, EmbeddingFile.FilesOf(path), fitted);
                using ComponentSession session = ComponentSession.Open(fitted, threads);
                PcaVectors.Apply(terminal, given, path, (session, fitted));
                return Task.FromResult(ExitCodes.Ok);
            }
            var fit = new ComponentFit(CommonOptions.CountOf(parsed, components), parsed.GetValue(whiten), threads);
            if (ranks.Of(parsed, terminal, path, cancellation) is RankedFit shared)
            {
                PcaVectors.Run(shared, given, fit);
            }
            else
            {
                PcaVectors.Run(terminal, given, path, fit);
            }
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
