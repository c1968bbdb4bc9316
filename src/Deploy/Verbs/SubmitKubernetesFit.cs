using System.CommandLine;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Deploy.Clusters;

namespace Toolchain.Deploy.Verbs;

/// <summary>
/// <c>uvl submit kubernetes cluster VECTORS --k 10 --out F.onnx --ranks 4 --image I</c>, and the same of components and neighbours.
/// </summary>
static class SubmitKubernetesFit
{
    public static Command Create(SubmittedFit fit)
    {
        var kubernetes = new KubernetesOptions("The job is NAME-fit.", "by default that called as --name.");
        kubernetes.DryRun.Description = "Write the manifest and apply nothing.";
        kubernetes.NoWait.Description = "Apply and end; the same command follows the job later.";
        var ranks = new Option<int>("--ranks") { Description = "Pods that work together, all at once.", Required = true };
        var command = new Command(fit.Verb, $"{fit.Work} by an Indexed Job whose pods are the ranks. Run the same command again after a "
            + $"failure: the ranks go on from their last step.\n\nExample: uvl submit kubernetes {fit.Verb} /data/v.npy "
            + $"{fit.Example.Options} --out /data/{fit.Example.File} --ranks 4 --image registry.example.com/uvl:1");
        fit.AddTo(command);
        Option[] own = [ranks, kubernetes.Image, kubernetes.Claim, kubernetes.Mount, kubernetes.Name, kubernetes.Folder, kubernetes.DryRun,
            kubernetes.NoWait, kubernetes.Poll];
        Array.ForEach(own, command.Options.Add);
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string[] words = fit.Words(parsed);
            SubmitCommand.Require(parsed.GetValue(ranks) > 0, $"--ranks '{parsed.GetValue(ranks)}': expected at least 1.");
            (string called, string place) = kubernetes.Places(parsed);
            TimeSpan pause = SlurmOptions.PauseOf(parsed, kubernetes.Poll);
            OutputPath.RequireFolder(place);
            var job = new KubernetesFit(place, called, parsed.GetValue(ranks))
            {
                Image = parsed.GetValue(kubernetes.Image)!,
                Words = words,
                Output = parsed.GetValue(fit.Output)!,
                Claim = parsed.GetValue(kubernetes.Claim) ?? called,
                Mount = parsed.GetValue(kubernetes.Mount)!,
            };
            job.Write();
            if (parsed.GetValue(kubernetes.DryRun) || !KubernetesQueue.IsPossible)
            {
                terminal.Line($"wrote {job.Manifest}; apply with: kubectl apply -f {Printable.Word(job.Manifest)} && kubectl wait "
                    + $"--for=condition=complete --timeout=-1s job/{job.JobName}");
                return Task.FromResult(ExitCodes.Ok);
            }
            var run = new KubernetesFitRun(terminal, job, pause);
            run.Apply();
            return Task.FromResult(parsed.GetValue(kubernetes.NoWait) ? ExitCodes.Ok : run.Follow(cancellation));
        });
        return command;
    }
}
