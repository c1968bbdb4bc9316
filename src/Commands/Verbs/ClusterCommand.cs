using System.CommandLine;
using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Commands.Ranks;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;
using Toolchain.Evaluate.Protocols;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Heads;
using Toolchain.Inference;
using Toolchain.Inference.Trials;

namespace Toolchain.Commands.Verbs;

/// <summary>
/// <c>uvl cluster MODEL --data D --k 10 --method gmm|kmeans --out FUSED.onnx</c>, and its use: <c>uvl cluster FUSED.onnx --data D --out
/// F</c>; of embeddings <see cref="ClusterVectors"/>.
/// </summary>
static class ClusterCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL")
        {
            Description = "An encoder's model.onnx, or its folder; to apply, a model with a cluster output; or embeddings (.npy, .csv, "
                + ".parquet, .arrow of an 'uvl embed'), whose clusters go to a table."
        };
        var wanted = new ClusterFitOptions();
        (Option<int> k, Choice<ClusterMethod> method) = (wanted.Count, wanted.Method);
        var map = new Option<bool>("--map")
        {
            Description = "Also fit a cluster-to-class map, which uses labels, and store it in the model."
        };
        var output = new Option<string>("--out")
        {
            Description = "Output file: the fused model, from pixels to cluster, of embeddings a graph of clusters (.onnx), or the "
                + "clusters of the images (.npy, .csv, .parquet, .arrow).",
            Required = true
        };
        var manifest = new Option<bool>("--manifest")
        {
            Description = "Also write manifest.json beside the fused model: the encoder's, with the digest of the fused model."
        };
        var add = new Option<string>("--add")
        {
            Description = "Clusters that an earlier fit on embeddings wrote (.onnx): assigns the embeddings to them, and warns where they "
                + "differ from the fitted ones."
        };
        var ranks = new RankOptions();
        var split = new Choice<Split?>("--split") { Description = "train, test or all; by default train to fit, all to apply." };
        var probability =
            new Option<bool>("--probability") { Description = "Also write the probability of each cluster, when a model is applied." };
        var command = new Command("cluster", "Fit clusters on embeddings and fuse them onto the encoder, or apply a fused model.\n\n"
            + "Examples: uvl cluster runs/quick/moco/model.onnx --data mnist --k 10 --method gmm --out digits.onnx\n          uvl cluster "
            + "digits.onnx --data scans/ --out clusters.csv\n          uvl cluster vectors.npy --k 10 --out clusters.csv\n"
            + "          uvl cluster new.npy --add clusters.onnx --out new.csv\n"
            + "          srun -n 4 uvl cluster vectors.npy --k 10 --shard auto --out clusters.onnx")
        {
            model, common.Data, common.Polarity, common.Transpose, split, k, method, map, output, manifest, add, ranks.Shard, ranks.Wait,
                probability,
                common.Novelty,
                common.Seed, common.Fit, common.SkipBad, common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!;
            string given = parsed.GetValue(model)!;
            if (EmbeddingFile.HasFormat(given))
            {
                ClusterVectors.Require(parsed, given, path, common.Data, common.Polarity, common.Transpose, split, map, manifest,
                    probability, common.Novelty, common.Fit, common.SkipBad, common.Device);
                if (parsed.GetValue(add) is string fitted)
                {
                    ClusterVectors.RequireAdd(parsed, path, fitted, k, method, ranks.Shard, common.Seed);
                    using ClusterSession clusters = ClusterSession.Open(fitted, parsed.GetValue(common.Threads));
                    ClusterVectors.Add(terminal, given, path, (clusters, fitted));
                    return Task.FromResult(ExitCodes.Ok);
                }
                var asWanted = new VectorFit(parsed.GetValue(method), CommonOptions.CountOf(parsed, k),
                    new(parsed.GetValue(common.Seed), parsed.GetValue(common.Threads), cancellation));
                if (ranks.Of(parsed, terminal, path, cancellation) is RankedFit shared)
                {
                    ClusterRank.Run(shared, given, asWanted);
                }
                else
                {
                    ClusterVectors.Run(terminal, given, path, asWanted);
                }
                return Task.FromResult(ExitCodes.Ok);
            }
            if (parsed.GetValue(ranks.Shard) is not null)
            {
                throw new ArgumentException($"--shard: expected with embeddings (.npy, .csv, .parquet, .arrow), found the model '{given}'; "
                    + "embed the images first.");
            }
            if (parsed.GetValue(add) is not null)
            {
                throw new ArgumentException($"--add: expected with embeddings (.npy, .csv, .parquet, .arrow), found the model '{given}'; a "
                    + "fused model gives the clusters of new images without it.");
            }
            bool fit = Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
            if (!fit)
            {
                EmbeddingFile.RequireFormat(path);
            }
            // Of a fit; a table takes the clusters that the model has.
            if (!fit && new Option[] { k, method, map, manifest }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })
                is Option ofFit)
            {
                throw new ArgumentException($"{ofFit.Name}: expected with a fit (--out FUSED.onnx), found the table '{path}'; fit the "
                    + "clusters first, then apply that model.");
            }
            string encoder = CommonOptions.ModelFile(given);
            CommonOptions.RequireApart(path, [path], encoder);
            bool hasManifest = parsed.GetValue(manifest);
            if (fit && !hasManifest)
            {
                OutputPath.RequireNoManifest(path);
            }
            else if (fit)
            {
                ManifestBeside.RequireName(path);
                _ = ManifestBeside.Require(encoder); // before images are embedded
            }
            int? asked = CommonOptions.CountOf(parsed, k);
            using EncoderSession session = EncoderSession.Open(encoder, common.Encoder(parsed));
            if (!fit)
            {
                var applied = new EmbedOptions
                {
                    Embedding = false,
                    Cluster = true,
                    Probability = parsed.GetValue(probability),
                    Novelty = parsed.GetValue(common.Novelty),
                };
                var request = new EmbedRequest(parsed.GetValue(split) ?? Split.All, path, applied, session.Preprocess);
                EmbedRun.Execute(terminal, parsed, common, request, (source, all) =>
                {
                    if (ClusterDigits.AreOfOthers(session.Metadata, source.Classes))
                    {
                        terminal.Note("the images have other classes than those that the model's map was fitted on: in the columns label "
                            + "and digit the same number means another class");
                    }
                    return EmbedJob.Run(session, source, path, all, cancellation);
                });
                return Task.FromResult(ExitCodes.Ok);
            }
            if (session.Dimension == 0)
            {
                throw new InvalidModelException($"'{session.Path}': expected an output 'embedding', found none; take an encoder, such as "
                    + $"moco or autoencoder.");
            }
            ImageSet data = common.Open(parsed, terminal, common.Spec(parsed, terminal, drawn: false), parsed.GetValue(split)
                ?? Split.Train, session.Preprocess);
            int count = asked ?? Evaluation.StrictClusters(data);
            if (count > data.Count)
            {
                throw new ArgumentException($"--k {(asked is null ? $"({count} by default)" : $"'{count}'")}: expected at most "
                    + $"{data.Count}, the number of images.");
            }
            if (parsed.GetValue(method) == ClusterMethod.Spectral)
            {
                SpectralHead.RequireCount(count, data.Count);
            }
            if (parsed.GetValue(map))
            {
                _ = ClusterDigits.LabelsOf(data); // before images are embedded
            }
            Rows rows = new(EmbedRun.InMemory(terminal, session, data, cancellation).Values, session.Dimension);
            FittedHead head = FittedHead.Fit(rows, parsed.GetValue(method), count,
                new ClustererFactory(parsed.GetValue(common.Seed), parsed.GetValue(common.Threads), cancellation));
            Dictionary<string, string> metadata = Metadata(session, head, data, parsed.GetValue(map));
            OnnxModel fused = FusedModel.Fuse(OnnxFile.Load(session.Path), head.Build, metadata);
            FusedProof.Require(fused, head.Labels, data);
            ManifestBeside.Save(path, fused, hasManifest ? ManifestBeside.Require(session.Path) : null);
            KnownModels.OfUser.Add(path);
            FitReport.Print(terminal, head, path, "pixels to cluster",
                $"the {data.Count} images have fewer different embeddings");
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static Dictionary<string, string> Metadata(EncoderSession session, FittedHead head, ImageSet data, bool map)
    {
        var metadata = new Dictionary<string, string>(session.Metadata)
        {
            [ModelKeys.Clusterer] = head.Name,
            [ModelKeys.Clusters] = head.Count.ToString(CultureInfo.InvariantCulture),
            [ModelKeys.ClustererDatasetSha256] = data.Sha256,
        };
        // A map of the clusters that were there before does not fit these.
        ClusterDigits.Remove(metadata);
        if (map)
        {
            ClusterDigits.Fit(metadata, head.Labels, head.Count, data);
        }
        return metadata;
    }
}
