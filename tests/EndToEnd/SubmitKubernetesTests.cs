namespace Toolchain.EndToEnd;

/// <summary>
/// <c>uvl submit kubernetes</c> with a script in the place of kubectl; tests/Cluster checks the manifests against the API.
/// </summary>
public sealed class SubmitKubernetesTests : CommandTest
{
    string[] Words(params string[] more) => ["submit", "kubernetes", "/data/models/moco", "--data", "/data/my digits", "--out",
        "/data/v.parquet", "--shards", "5", "--image", "localhost:5000/uvl:2", "--folder", In("k"), "--quiet", "--poll-seconds",
        "0.05", .. more];

    [Fact]
    public void DryRun_FillsInTheManifestsOfTheRepository()
    {
        (int status, string output, string error) =
            Run(Words("--dry-run", "--polarity", "light", "--nodes", "2", "--name", "try", "--mount", "/mnt"));
        Assert.True(status == 0, error);
        Assert.Equal($"wrote {In("k/embed.yaml")} and {In("k/merge.yaml")}; apply with: kubectl apply -f {In("k/embed.yaml")} && "
            + "kubectl wait "
            + $"--for=condition=complete --timeout=-1s job/try-embed && kubectl apply -f {In("k/merge.yaml")}\n", output);
        string template = File.ReadAllText(Checkout.In("deploy/kubernetes/embed.yaml"));
        string expected = template
            .Replace("# Embeds eight shards, each in a pod of its own. Change completions, parallelism and JOB_COMPLETIONS together.",
                "# Embeds 5 shards, each in a pod of its own; written by uvl submit kubernetes.")
            .Replace("completions: 8", "completions: 5").Replace("parallelism: 8", "parallelism: 2").Replace("value: \"8\"", "value: \"5\"")
            .Replace("name: uvl-embed", "name: try-embed").Replace("  name: uvl\nspec", "  name: try\nspec")
            .Replace("claimName: uvl", "claimName: try").Replace("mountPath: /data", "mountPath: /mnt")
            .Replace("image: registry.example.com/uvl:1", "image: \"localhost:5000/uvl:2\"")
            .Replace("/data/digits,", "\"/data/my digits\", --polarity, \"light\",");
        Assert.Equal(expected, File.ReadAllText(In("k/embed.yaml")));
        Assert.Contains("command: [uvl, embed, --merge, --out, /data/v.parquet]\n", File.ReadAllText(In("k/merge.yaml")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_ThatIsThere_IsNotMade()
    {
        Assert.Equal(0, Run(Words("--dry-run", "--claim", "nfs")).Status);
        string[] lines = File.ReadAllLines(In("k/embed.yaml"));
        Assert.Equal(["apiVersion: batch/v1", "kind: Job"], lines[1..3]);
        Assert.Equal("            claimName: nfs", lines[^1]);
    }

    [Fact]
    public void FailedShards_AreNamedAndTheSameCommandGoesOn()
    {
        Install("kubectl", $"""
            echo "$*" >> {In("calls")}
            case "$*" in
                *get*embed*) [ -e {In("applied")} ] || exit 0
                    [ -e {In("mended")} ] && echo '5||SuccessCriteriaMet Complete' || echo '3|1,4|FailureTarget Failed' ;;
                *get*merge*) echo '1||Complete' ;;
                *apply*) touch {In("applied")} ;;
            esac
            """);
        (int status, string output, string error) = Start(Words());
        Assert.Equal($"applied uvl-embed, 5 shards; manifests are in {In("k")}\n", output);
        Assert.Equal("uvl: shards 1,4 of 5 failed; see kubectl logs --selector batch.kubernetes.io/job-name=uvl-embed,"
            + "batch.kubernetes.io/job-completion-index=INDEX; the same command submits the job again, in which finished shards are "
            + "skipped\n",
            error);
        Assert.Equal(75, status);

        File.WriteAllText(In("mended"), "");
        (status, output, error) = Start(Words());
        Assert.True(status == 0, error);
        Assert.EndsWith("merged 5 shards into /data/v.parquet\n", output, StringComparison.Ordinal);
        Assert.Equal(["delete job uvl-embed uvl-merge --ignore-not-found", $"apply --filename {In("k/embed.yaml")}",
            "delete job uvl-embed uvl-merge --ignore-not-found", $"apply --filename {In("k/embed.yaml")}",
            $"apply --filename {In("k/merge.yaml")}"], File.ReadAllLines(In("calls")).Where(line => line[0] != 'g' && line[0] != 'v'));
    }

    [Theory]
    [InlineData("--name 'My': expected a letter, then at most 51 letters, digits and -, all small.", "--name", "My")]
    [InlineData("--mount 'data': expected a path from / on.", "--mount", "data")]
    [InlineData("--shards '0': expected at least 1.", "--shards", "0")]
    public void Mistakes_AreNamed(string message, params string[] words)
    {
        string[] all = [.. Words().Where((word, index) => words[0] != "--shards" || (word != "--shards" && index != 8)), .. words];
        CommandResult result = Run(all);
        Assert.Equal((2, $"uvl: {message}\n"), (result.Status, result.Error));
    }

    void Install(string program, string script)
    {
        Directory.CreateDirectory(In("bin"));
        File.WriteAllText(In($"bin/{program}"), $"#!/bin/bash\n{script}\n");
        Assert.Equal(0, SystemProgram.Run("chmod", "+x", In($"bin/{program}")).Status);
    }

    CommandResult Start(string[] words)
    {
        using var uvl = Uvl.StartWith(new() { ["PATH"] = $"{In("bin")}:{Environment.GetEnvironmentVariable("PATH")}" }, words);
        return uvl.Wait();
    }
}
