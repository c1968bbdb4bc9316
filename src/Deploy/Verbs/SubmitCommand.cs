using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Deploy.Clusters;

namespace Toolchain.Deploy.Verbs;

/// <summary><c>uvl submit slurm MODEL --data D --out F --shards N</c>.</summary>
static class SubmitCommand
{
    public static Command Create() => new("submit", "Embed or fit on a cluster: writes job scripts, submits them and follows them.\n\n"
        + "Examples: uvl submit slurm models/moco --data digits/ --out v.parquet --shards 8\n"
        + "          uvl submit slurm cluster v.parquet --k 10 --out clusters.onnx --nodes 4")
    {
        Slurm(), SubmitKubernetes.Create()
    };

    static Command Slurm()
    {
        var common = new CommonOptions();
        var columns = new EmbedColumnOptions();
        var model = new Argument<string>("MODEL") { Description = "A model.onnx, or its folder; every node must see it." };
        var output = new Option<string>("--out")
        {
            Description = "Output file, in a folder that every node sees; its extension selects .npy, .csv, .parquet or .arrow.",
            Required = true
        };
        var nodes = new Option<int>("--nodes")
        {
            Description = "Tasks at once, each alone on a node (sbatch --exclusive); 0 leaves both to Slurm.",
            DefaultValueFactory = _ => 0
        };
        var shards = new Option<int>("--shards") { Description = "Tasks in all; by default as many as --nodes." };
        var slurm = new SlurmOptions();
        Option[] ofEmbed = [common.Data, columns.Split, columns.Cluster, columns.Probability, common.Novelty, common.Fit, common.Polarity,
            common.Transpose, common.SkipBad, common.Threads, common.Device];
        var command = new Command("slurm", "Embed by a Slurm job array and a merge that waits for it. Run the same command "
            + "again to submit the shards that failed.\n\nExample: uvl submit slurm models/moco --data digits/ --out v.parquet --nodes 4 "
            + "--shards 16 --sbatch time=2:00:00")
        {
            model, output, nodes, shards, slurm.Sbatch, slurm.Folder, slurm.Program, slurm.DryRun, slurm.NoWait, slurm.Poll,
        };
        Array.ForEach(ofEmbed, command.Options.Add);
        Array.ForEach(SubmittedFit.All(), fit => command.Subcommands.Add(SubmitSlurmFit.Create(fit)));
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!, place = slurm.FolderOf(parsed, path);
            int atOnce = parsed.GetValue(nodes), count = parsed.GetValue(shards) is > 0 and int all ? all : atOnce;
            EmbeddingFile.RequireFormat(path);
            Require(count > 0 && atOnce >= 0, $"--shards '{count}': expected --nodes or --shards of at least 1.");
            Require(parsed.GetValue(common.Data) is string data && data != "-", "--data: expected a source that every node can read, such "
                + "as a folder; found none, or standard input.");
            TimeSpan pause = SlurmOptions.PauseOf(parsed, slurm.Poll);
            OutputPath.RequireFile(path);
            OutputPath.RequireFolder(place);
            string file = CommonOptions.ModelFile(parsed.GetValue(model)!);
            if (!File.Exists(file))
            {
                throw new FileNotFoundException($"'{file}': expected a model, found none.", file);
            }
            var job = new SlurmJob(place, path, count)
            {
                Program = slurm.ProgramOf(parsed),
                Words = [parsed.GetValue(model)!, .. ofEmbed.SelectMany(option => WordsOf(parsed, option)), "--out", path],
                Options = slurm.SbatchOf(parsed),
                ArrayOptions = atOnce > 0 ? ["--nodes=1", "--exclusive"] : [],
            };
            job.Write();
            if (parsed.GetValue(slurm.DryRun))
            {
                terminal.Line(string.Create(CultureInfo.InvariantCulture, $"wrote {job.EmbedScript} and {job.MergeScript}; submit with: "
                    + $"sbatch --array={SlurmJob.ArrayOf([.. Enumerable.Range(0, count)])} {Printable.Word(job.EmbedScript)}"));
                return Task.FromResult(ExitCodes.Ok);
            }
            var run = new SlurmRun(terminal, job, pause);
            string[] jobs = run.Submit(atOnce);
            return Task.FromResult(parsed.GetValue(slurm.NoWait) ? ExitCodes.Ok : run.Follow(jobs, cancellation));
        });
        return command;
    }

    /// <summary>An option and its values as words; none where it was not given.</summary>
    internal static IEnumerable<string> WordsOf(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is OptionResult { Implicit: false } given
        ? [option.Name, .. given.Tokens.Select(token => token.Value)] : [];

    internal static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
