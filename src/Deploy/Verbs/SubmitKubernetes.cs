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
        var image = new Option<string>("--image") { Description = "Image with uvl on its PATH (deploy/kubernetes).", Required = true };
        var nodes = new Option<int>("--nodes") { Description = "Pods at once; 0 for all.", DefaultValueFactory = _ => 0 };
        var claim = new Option<string?>("--claim")
        {
            Description = "Claim of a volume that many pods may write (ReadWriteMany); by default one of 100 GiB is made, called as --name."
        };
        var mount = new Option<string>("--mount") { Description = "Where pods mount it.", DefaultValueFactory = _ => "/data" };
        var name = new Option<string>("--name")
        {
            Description = "The jobs are NAME-embed and NAME-merge.",
            DefaultValueFactory = _ => "uvl"
        };
        var folder = new Option<string?>("--folder") { Description = "Manifests; by default the name and .kubernetes, here." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Write the manifests and apply nothing." };
        var noWait = new Option<bool>("--no-wait") { Description = "Apply and end; the same command follows the job later, then merges." };
        var poll = new Option<double>("--poll-seconds") { Description = "Between two looks at the job.", DefaultValueFactory = _ => 5 };
        Option[] ofEmbed = [common.Data, columns.Split, columns.Cluster, columns.Probability, common.Novelty, common.Fit, common.Polarity,
            common.Transpose, common.SkipBad, common.Threads, common.Device];
        var command = new Command("kubernetes", "Embed by an Indexed Job and a job that merges: writes their manifests, applies them "
            + "by kubectl "
            + "and follows them. Run the same command again after a failure: finished shards are skipped.\n\nExample: uvl submit "
            + "kubernetes "
            + "/data/models/moco --data /data/digits --out /data/v.parquet --shards 16 --image registry.example.com/uvl:1")
        {
            model, output, shards, image, nodes, claim, mount, name, folder, dryRun, noWait, poll,
        };
        Array.ForEach(ofEmbed, command.Options.Add);
        command.SetAction((parsed, cancellation) =>
        {
            void Require(bool holds, string message) => SubmitCommand.Require(holds, message);
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!, called = parsed.GetValue(name)!;
            string place = parsed.GetValue(folder) ?? $"{called}.kubernetes";
            EmbeddingFile.RequireFormat(path);
            Require(parsed.GetValue(shards) > 0, $"--shards '{parsed.GetValue(shards)}': expected at least 1.");
            Require(parsed.GetValue(nodes) >= 0, $"--nodes '{parsed.GetValue(nodes)}': expected at least 0.");
            Require(parsed.GetValue(common.Data) is string data && data != "-", "--data: expected a source that every pod can read, such "
                + "as a folder on the volume; found none, or standard input.");
            Require(KubernetesJob.IsName(called), $"--name '{called}': expected a letter, then at most 51 letters, digits and -, all "
                + "small.");
            Require(parsed.GetValue(mount)!.StartsWith('/'), $"--mount '{parsed.GetValue(mount)}': expected a path from / on.");
            Require(parsed.GetValue(poll) is > 0 and <= 3600, "--poll-seconds: expected more than 0 and at most 3600.");
            OutputPath.RequireFolder(place);
            var job = new KubernetesJob(place, called, parsed.GetValue(shards))
            {
                Image = parsed.GetValue(image)!,
                Words = [parsed.GetValue(model)!, .. ofEmbed.SelectMany(option => SubmitCommand.WordsOf(parsed, option)), "--out", path],
                Output = path,
                Claim = parsed.GetValue(claim),
                Mount = parsed.GetValue(mount)!,
                AtOnce = parsed.GetValue(nodes),
            };
            job.Write();
            if (parsed.GetValue(dryRun) || !KubernetesRun.IsPossible)
            {
                terminal.Line($"wrote {job.EmbedManifest} and {job.MergeManifest}; apply with: kubectl apply -f "
                    + $"{Printable.Word(job.EmbedManifest)} "
                    + $"&& kubectl wait --for=condition=complete --timeout=-1s job/{job.EmbedName} && kubectl apply -f "
                    + Printable.Word(job.MergeManifest));
                return Task.FromResult(ExitCodes.Ok);
            }
            var run = new KubernetesRun(terminal, job, TimeSpan.FromSeconds(parsed.GetValue(poll)));
            run.Apply();
            return Task.FromResult(parsed.GetValue(noWait) ? ExitCodes.Ok : run.Follow(cancellation));
        });
        return command;
    }
}
