using System.CommandLine;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Deploy.Clusters;

namespace Toolchain.Deploy.Verbs;

/// <summary><c>uvl submit kubernetes MODEL --data D --out F --shards N --image I</c>.</summary>
static class SubmitKubernetes
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var columns = new EmbedColumnOptions();
        var model = new Argument<string>("MODEL") { Description = "A model.onnx, or its folder, as the pods see it." };
        var output = new Option<string>("--out")
        {
            Description = "Output file as the pods see it, on the mounted volume; its extension selects .npy, .csv, .parquet or .arrow.",
            Required = true
        };
        var shards = new Option<int>("--shards") { Description = "Pods in all, each with a shard.", Required = true };
        var nodes = new Option<int>("--nodes") { Description = "Pods at once; 0 for all.", DefaultValueFactory = _ => 0 };
        var kubernetes = new KubernetesOptions("The jobs are NAME-embed and NAME-merge.",
            "by default one of 100 GiB is made, called as --name.");
        Option[] ofEmbed = [common.Data, columns.Split, columns.Cluster, columns.Probability, common.Novelty, common.Fit, common.Polarity,
            common.Transpose, common.SkipBad, common.Threads, common.Device];
        var command = new Command("kubernetes", "Embed by an Indexed Job and a job that merges: writes their manifests, applies them "
            + "by kubectl "
            + "and follows them. Run the same command again after a failure: finished shards are skipped.\n\nExample: uvl submit "
            + "kubernetes "
            + "/data/models/moco --data /data/digits --out /data/v.parquet --shards 16 --image registry.example.com/uvl:1")
        {
            model, output, shards, kubernetes.Image, nodes, kubernetes.Claim, kubernetes.Mount, kubernetes.Name, kubernetes.Folder,
                kubernetes.DryRun, kubernetes.NoWait, kubernetes.Poll,
        };
        Array.ForEach(ofEmbed, command.Options.Add);
        Array.ForEach(SubmittedFit.All(), fit => command.Subcommands.Add(SubmitKubernetesFit.Create(fit)));
        command.SetAction((parsed, cancellation) =>
        {
            void Require(bool holds, string message) => SubmitCommand.Require(holds, message);
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!;
            EmbeddingFile.RequireFormat(path);
            Require(parsed.GetValue(shards) > 0, $"--shards '{parsed.GetValue(shards)}': expected at least 1.");
            Require(parsed.GetValue(nodes) >= 0, $"--nodes '{parsed.GetValue(nodes)}': expected at least 0.");
            Require(parsed.GetValue(common.Data) is string data && data != "-", "--data: expected a source that every pod can read, such "
                + "as a folder on the volume; found none, or standard input.");
            (string called, string place) = kubernetes.Places(parsed);
            TimeSpan pause = SlurmOptions.PauseOf(parsed, kubernetes.Poll);
            OutputPath.RequireFolder(place);
            var job = new KubernetesJob(place, called, parsed.GetValue(shards))
            {
                Image = parsed.GetValue(kubernetes.Image)!,
                Words = [parsed.GetValue(model)!, .. ofEmbed.SelectMany(option => SubmitCommand.WordsOf(parsed, option)), "--out", path],
                Output = path,
                Claim = parsed.GetValue(kubernetes.Claim),
                Mount = parsed.GetValue(kubernetes.Mount)!,
                AtOnce = parsed.GetValue(nodes),
            };
            job.Write();
            if (parsed.GetValue(kubernetes.DryRun) || !KubernetesQueue.IsPossible)
            {
                terminal.Line($"wrote {job.EmbedManifest} and {job.MergeManifest}; apply with: kubectl apply -f "
                    + $"{Printable.Word(job.EmbedManifest)} "
                    + $"&& kubectl wait --for=condition=complete --timeout=-1s job/{job.EmbedName} && kubectl apply -f "
                    + Printable.Word(job.MergeManifest));
                return Task.FromResult(ExitCodes.Ok);
            }
            var run = new KubernetesRun(terminal, job, pause);
            run.Apply();
            return Task.FromResult(parsed.GetValue(kubernetes.NoWait) ? ExitCodes.Ok : run.Follow(cancellation));
        });
        return command;
    }
}
