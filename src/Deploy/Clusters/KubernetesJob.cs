using System.Globalization;
using System.Text.RegularExpressions;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>An Indexed Job that embeds shards, and the job that merges them: the manifests of deploy/kubernetes, filled in.</summary>
/// <param name="Folder">Where the manifests are written.</param>
/// <param name="Name">The jobs are NAME-embed and NAME-merge.</param>
/// <param name="ShardCount">Pods in all, at least 1.</param>
sealed partial record KubernetesJob(string Folder, string Name, int ShardCount)
{
    /// <summary>Image with the tool.</summary>
    public required string Image { get; init; }

    /// <summary>Words of <c>uvl embed</c>: the model and options, with paths as the pods see them.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>The file that the merge makes.</summary>
    public required string Output { get; init; }

    /// <summary>The claim of the volume that all pods mount; null to make one, of 100 GiB, that is called as the name.</summary>
    public string? Claim { get; init; }

    /// <summary>Where they mount it.</summary>
    public string Mount { get; init; } = "/data";

    /// <summary>Pods at once; 0 for all.</summary>
    public int AtOnce { get; init; }

    public string EmbedName => $"{Name}-embed";

    public string MergeName => $"{Name}-merge";

    public string EmbedManifest => Path.Combine(Folder, "embed.yaml");

    public string MergeManifest => Path.Combine(Folder, "merge.yaml");

    /// <summary>Whether Kubernetes takes a name, with room for an ending.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>Writes both manifests.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Write()
    {
        string shards = ShardCount.ToString(CultureInfo.InvariantCulture);
        string embed = Filled("embed.yaml", ["uvl", "embed", .. Words, "--shard", "auto", "--quiet"]);
        embed = Replaced(embed, "# Embeds eight shards, each in a pod of its own. Change completions, parallelism and JOB_COMPLETIONS "
            + "together.",
            $"# Embeds {shards} shards, each in a pod of its own; written by uvl submit kubernetes.");
        embed = Replaced(embed, "completions: 8", $"completions: {shards}");
        embed = Replaced(embed, "parallelism: 8", $"parallelism: {(AtOnce > 0 ? Math.Min(AtOnce, ShardCount) : ShardCount)}");
        embed = Replaced(embed, "value: \"8\"", $"value: \"{shards}\"");
        if (Claim is not null)
        {
            // The first document makes a claim.
            const string mark = "---\n";
            int line = embed.IndexOf('\n', StringComparison.Ordinal) + 1, second = embed.IndexOf(mark, StringComparison.Ordinal);
            embed = embed[..line] + embed[(second + mark.Length)..];
        }
        AtomicFile.WriteTexts((EmbedManifest, embed), (MergeManifest, Filled("merge.yaml", ["uvl", "embed", "--merge", "--out", Output])));
    }

    string Filled(string manifest, string[] command) =>
        KubernetesManifest.Filled(manifest, command, Name, (Claim ?? Name, Mount), Image);

    static string Replaced(string text, string from, string to) => KubernetesManifest.Replaced(text, from, to);

    [GeneratedRegex(@"^[a-z]([-a-z0-9]{0,50}[a-z0-9])?\z")]
    private static partial Regex NamePattern();
}
