using System.CommandLine;
using Toolchain.Commands;
using Toolchain.Commands.Ranks;
using Toolchain.Data.Embeddings;
using Toolchain.Evaluate.Fusion;

namespace Toolchain.Deploy.Verbs;

/// <summary>A fit that ranks share on a cluster engine: a verb, the embeddings, the output, and options that go to each rank.</summary>
sealed class SubmittedFit
{
    readonly string verb;
    readonly Option? required;
    readonly Option[] options;

    SubmittedFit(string verb, string fitted, Option? required, params Option[] options)
    {
        (this.verb, Fitted, this.required, this.options) = (verb, fitted, required, options);
        Vectors = new("VECTORS")
        {
            Description = "Embeddings of an 'uvl embed', merged or not, that every rank sees; of an .npy each rank reads its rows alone."
        };
    }

    /// <summary>What it fits.</summary>
    public string Fitted { get; }

    /// <summary>The verb.</summary>
    public string Verb => verb;

    /// <summary>The embeddings.</summary>
    public Argument<string> Vectors { get; }

    /// <summary>The graph that the ranks make.</summary>
    public Option<string> Output { get; } = new("--out")
    {
        Description = "Output file, a graph (.onnx), in a folder that every rank sees.",
        Required = true
    };

    /// <summary>The fits that there are, made anew for each engine.</summary>
    public static SubmittedFit[] All()
    {
        (CommonOptions common, ClusterFitOptions clusters, ComponentFitOptions components) = (new(), new(), new());
        clusters.Count.Description = "Number of clusters.";
        clusters.Method.Description = "kmeans (default) or gmm.";
        clusters.Method.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<ClusterMethod>() == ClusterMethod.Balanced)
            {
                result.AddError("--method balanced: expected kmeans or gmm; balanced clusters are fitted by one program.");
            }
        });
        return
        [
            new("cluster", "clusters", clusters.Count, clusters.Count, clusters.Method, common.Seed, Wait(), common.Threads),
            new("pca", "principal components", null, components.Count, components.Whiten, Wait(), new CommonOptions().Threads),
        ];
    }

    static Option<double> Wait()
    {
        Option<double> wait = new RankOptions().Wait;
        wait.Description = "How long a rank waits for another of which nothing is heard.";
        return wait;
    }

    /// <summary>Adds what belongs to the fit to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Vectors);
        command.Options.Add(Output);
        Array.ForEach(options, command.Options.Add);
    }

    /// <summary>The words of a rank: verb, embeddings, options and output.</summary>
    /// <exception cref="ArgumentException">The embeddings are a model, the output is no graph, or a required option is missing.</exception>
    public string[] Words(ParseResult parsed)
    {
        (string vectors, string output) = (parsed.GetValue(Vectors)!, parsed.GetValue(Output)!);
        SubmitCommand.Require(EmbeddingFile.HasFormat(vectors), $"'{vectors}': expected embeddings (.npy, .csv, .parquet, .arrow), found "
            + $"'{Path.GetExtension(vectors)}'; embed the images first.");
        SubmitCommand.Require(Path.GetExtension(output).Equals(".onnx", StringComparison.OrdinalIgnoreCase),
            $"--out '{output}': expected a graph (.onnx), found '{Path.GetExtension(output)}'.");
        SubmitCommand.Require(required is null || parsed.GetResult(required) is { Implicit: false },
            $"{required?.Name}: expected a number, found none.");
        return [verb, vectors, .. options.SelectMany(option => SubmitCommand.WordsOf(parsed, option)), "--out", output];
    }
}
