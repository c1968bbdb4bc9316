using System.CommandLine;
using Toolchain.Deploy.Clusters;

namespace Toolchain.Deploy.Verbs;

/// <summary>Options of <c>uvl submit kubernetes</c> that say how jobs are applied and followed, made anew for each command.</summary>
/// <param name="jobs">How jobs are called, as a sentence.</param>
/// <param name="claim">Which claim is taken by default, as a clause.</param>
sealed class KubernetesOptions(string jobs, string claim)
{
    /// <summary>The image.</summary>
    public Option<string> Image { get; } = new("--image")
    {
        Description = "Image with uvl on its PATH (deploy/kubernetes).",
        Required = true
    };

    /// <summary>The volume.</summary>
    public Option<string?> Claim { get; } = new("--claim")
    {
        Description = $"Claim of a volume that many pods may write (ReadWriteMany); {claim}"
    };

    /// <summary>Its place.</summary>
    public Option<string> Mount { get; } = new("--mount") { Description = "Where pods mount it.", DefaultValueFactory = _ => "/data" };

    /// <summary>The name of the jobs.</summary>
    public Option<string> Name { get; } = new("--name") { Description = jobs, DefaultValueFactory = _ => "uvl" };

    /// <summary>Where manifests lie.</summary>
    public Option<string?> Folder { get; } = new("--folder") { Description = "Manifests; by default the name and .kubernetes, here." };

    /// <summary>Whether nothing is applied.</summary>
    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Write the manifests and apply nothing." };

    /// <summary>Whether nothing is followed.</summary>
    public Option<bool> NoWait { get; } = new("--no-wait")
    {
        Description = "Apply and end; the same command follows the job later, then merges."
    };

    /// <summary>Seconds between two looks.</summary>
    public Option<double> Poll { get; } = new("--poll-seconds")
    {
        Description = "Between two looks at the job.",
        DefaultValueFactory = _ => 5
    };

    /// <summary>The name of the jobs, and the folder of their manifests.</summary>
    /// <exception cref="ArgumentException">The name or the mount is none.</exception>
    public (string Name, string Folder) Places(ParseResult parsed)
    {
        string called = parsed.GetValue(Name)!;
        SubmitCommand.Require(KubernetesJob.IsName(called), $"--name '{called}': expected a letter, then at most 51 letters, digits and -, "
            + "all small.");
        SubmitCommand.Require(parsed.GetValue(Mount)!.StartsWith('/'), $"--mount '{parsed.GetValue(Mount)}': expected a path from / on.");
        return (called, parsed.GetValue(Folder) ?? $"{called}.kubernetes");
    }
}
