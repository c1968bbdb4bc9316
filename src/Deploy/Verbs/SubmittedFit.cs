using System.CommandLine;
using Toolchain.Commands;
using Toolchain.Commands.Ranks;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;

namespace Toolchain.Deploy.Verbs;

/// <summary>What ranks do together on a cluster engine: a verb, the embeddings, the output, and options that go to each rank.</summary>
sealed class SubmittedFit
{
    const string Graph = "a graph (.onnx)", Table = "row numbers (.npy)";

    readonly Option? required;
    readonly Option[] options;
    readonly string product; // what the output is

    SubmittedFit(string verb, string work, string product, Option? required, params Option[] options)
    {
        (Verb, Work, this.product, this.required, this.options) = (verb, work, product, required, options);
        Output = new("--out") { Description = $"Output file, {product}, in a folder that every rank sees.", Required = true };
        Vectors = new("VECTORS")
        {
            Description = "Embeddings of an 'uvl embed', merged or not, that every rank sees; of an .npy each rank reads its rows alone."
        };
    }

    /// <summary>What it does, in words.</summary>
    public string Work { get; }

    /// <summary>The verb.</summary>
    public string Verb { get; }

    /// <summary>Words that every rank has after the embeddings.</summary>
    public string[] Fixed { get; private init; } = [];

    /// <summary>Options and output file of an example.</summary>
    public required (string Options, string File) Example { get; init; }

    /// <summary>The embeddings.</summary>
    public Argument<string> Vectors { get; }

    /// <summary>The file that the ranks make.</summary>
    public Option<string> Output { get; }

    /// <summary>All that there are, made anew for each engine.</summary>
    public static SubmittedFit[] All()
    {
        (CommonOptions common, ClusterFitOptions clusters, ComponentFitOptions components) = (new(), new(), new());
        clusters.Count.Description = "Number of clusters.";
        clusters.Method.Description = "kmeans (default) or gmm.";
        clusters.Method.Validators.Add(result =>
        {
            ClusterMethod method = result.GetValueOrDefault<ClusterMethod>();
            if (method is ClusterMethod.Balanced or ClusterMethod.Spectral)
            {
                string name = method == ClusterMethod.Balanced ? "balanced" : "spectral";
                result.AddError($"--method {name}: expected kmeans or gmm; {name} clusters are fitted by one program.");
            }
        });
        return
        [
            new("cluster", "Fit clusters on embeddings", Graph, clusters.Count, clusters.Count, clusters.Method, common.Seed, Wait(),
                common.Threads) { Example = ("--k 10", "clusters.onnx") },
            new("pca", "Fit principal components on embeddings", Graph, null, components.Count, components.Whiten, Wait(),
                new CommonOptions().Threads) { Example = ("--components 50", "pca.onnx") },
            new("neighbours", "Find the exact nearest neighbours of each of the embeddings", Table, null, NeighbourOptions.Count(), Wait(),
                new CommonOptions().Threads)
            {
                Example = ("--count 15", "graph.npy"),
                Fixed = ["--each", "--mode", "exact"],
            },
        ];
    }

    static Option<double> Wait()
    {
        Option<double> wait = new RankOptions().Wait;
        wait.Description = "How long a rank waits for another of which nothing is heard.";
        return wait;
    }

    /// <summary>Adds what belongs to it to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Vectors);
        command.Options.Add(Output);
        Array.ForEach(options, command.Options.Add);
    }

    /// <summary>The words of a rank: verb, embeddings, options and output.</summary>
    /// <exception cref="ArgumentException">The embeddings are a model, the output is another kind of file, or a required option is missing.
    /// </exception>
    public string[] Words(ParseResult parsed)
    {
        (string vectors, string output) = (parsed.GetValue(Vectors)!, parsed.GetValue(Output)!);
        SubmitCommand.Require(EmbeddingFile.HasFormat(vectors), $"'{vectors}': expected embeddings (.npy, .csv, .parquet, .arrow), found "
            + $"'{Path.GetExtension(vectors)}'; embed the images first.");
        SubmitCommand.Require(Path.GetExtension(output).Equals(Path.GetExtension(Example.File), StringComparison.OrdinalIgnoreCase),
            $"--out '{output}': expected {product}, found '{Path.GetExtension(output)}'.");
        SubmitCommand.Require(required is null || parsed.GetResult(required) is { Implicit: false },
            $"{required?.Name}: expected a number, found none.");
        return [Verb, vectors, .. Fixed, .. options.SelectMany(option => SubmitCommand.WordsOf(parsed, option)), "--out", output];
    }
}
