using System.CommandLine;
using System.Globalization;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Deploy.Clusters;
using Toolchain.Inference;

namespace Toolchain.Deploy.Verbs;

/// <summary><c>uvl submit slurm cluster VECTORS --k 10 --out F.onnx --nodes 4</c>, and the same of components and neighbours.</summary>
static class SubmitSlurmFit
{
    public static Command Create(SubmittedFit fit)
    {
        var slurm = new SlurmOptions();
        slurm.Sbatch.Description = "An option of Slurm's sbatch, such as partition=long; repeatable.";
        slurm.NoWait.Description = "Submit and end; the same command follows the job later.";
        slurm.DryRun.Description = "Write the script and submit nothing.";
        var nodes = new Option<int>("--nodes")
        {
            Description = "Nodes, of which each is taken whole (sbatch --exclusive); 0 leaves the ranks' places to Slurm.",
            DefaultValueFactory = _ => 0
        };
        var ranks = new Option<int>("--ranks") { Description = "Programs that work together; by default as many as --nodes." };
        var command = new Command(fit.Verb, $"{fit.Work} by the ranks of one long Slurm step. Run the same command again after a failure: "
            + $"the ranks go on from their last step.\n\nExample: uvl submit slurm {fit.Verb} vectors.npy {fit.Example.Options} "
            + $"--out {fit.Example.File} --nodes 4");
        fit.AddTo(command);
        Option[] own = [nodes, ranks, slurm.Sbatch, slurm.Folder, slurm.Program, slurm.DryRun, slurm.NoWait, slurm.Poll];
        Array.ForEach(own, command.Options.Add);
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            (string path, string vectors) = (parsed.GetValue(fit.Output)!, parsed.GetValue(fit.Vectors)!);
            int places = parsed.GetValue(nodes), count = parsed.GetValue(ranks) is not 0 and int all ? all : places;
            string[] words = fit.Words(parsed);
            SubmitCommand.Require(count > 0, $"--ranks '{count}': expected --nodes or --ranks of at least 1.");
            SubmitCommand.Require(places >= 0 && places <= count, $"--nodes '{places}': expected at most as many as --ranks, {count}.");
            TimeSpan pause = SlurmOptions.PauseOf(parsed, slurm.Poll);
            string place = slurm.FolderOf(parsed, path);
            OutputPath.RequireFile(path);
            OutputPath.RequireFolder(place);
            if (!File.Exists(vectors) && !ShardMerge.Exist(vectors))
            {
                throw new FileNotFoundException($"'{vectors}': expected embeddings, found none.", vectors);
            }
            var job = new SlurmFit(place, path, count)
            {
                Program = slurm.ProgramOf(parsed),
                Words = words,
                Options = [.. places > 0 ? [string.Create(CultureInfo.InvariantCulture, $"--nodes={places}"), "--exclusive"]
                    : Array.Empty<string>(), .. slurm.SbatchOf(parsed)],
            };
            job.Write();
            if (parsed.GetValue(slurm.DryRun))
            {
                terminal.Line($"wrote {job.Script}; submit with: sbatch {Printable.Word(job.Script)}");
                return Task.FromResult(ExitCodes.Ok);
            }
            var run = new SlurmFitRun(terminal, job, pause);
            string number = run.Submit();
            return Task.FromResult(parsed.GetValue(slurm.NoWait) ? ExitCodes.Ok : run.Follow(number, cancellation));
        });
        return command;
    }
}
