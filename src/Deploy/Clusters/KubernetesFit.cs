using System.Globalization;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>An Indexed Job whose pods, the ranks, fit together: the manifest of deploy/kubernetes, filled in.</summary>
/// <param name="Folder">Where the manifest is written.</param>
/// <param name="Name">The job is NAME-fit.</param>
/// <param name="RankCount">Pods, at least 1, all at once.</param>
sealed record KubernetesFit(string Folder, string Name, int RankCount)
{
    /// <summary>Image with the tool.</summary>
    public required string Image { get; init; }

    /// <summary>Words of the fit: verb, embeddings and options, with paths as the pods see them.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>The file that the fit makes.</summary>
    public required string Output { get; init; }

    /// <summary>The claim of the volume that all pods mount.</summary>
    public required string Claim { get; init; }

    /// <summary>Where they mount it.</summary>
    public required string Mount { get; init; }

    public string JobName => $"{Name}-fit";

    public string Manifest => Path.Combine(Folder, "fit.yaml");

    /// <summary>Writes the manifest.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Write()
    {
        string ranks = RankCount.ToString(CultureInfo.InvariantCulture);
        string text = KubernetesManifest.Filled("fit.yaml", ["uvl", .. Words, "--shard", "auto", "--quiet"], Name, (Claim, Mount), Image);
        text = KubernetesManifest.Replaced(text, "# Fits over embeddings by eight ranks, each in a pod of its own. Change completions, "
            + "parallelism and JOB_COMPLETIONS together.",
            $"# Fits over embeddings by {Printable.Count(RankCount, "rank")}, each in a pod of its own; written by uvl submit kubernetes.");
        text = KubernetesManifest.Replaced(text, "completions: 8", $"completions: {ranks}");
        text = KubernetesManifest.Replaced(text, "parallelism: 8", $"parallelism: {ranks}");
        AtomicFile.WriteText(Manifest, KubernetesManifest.Replaced(text, "value: \"8\"", $"value: \"{ranks}\""));
    }
}
