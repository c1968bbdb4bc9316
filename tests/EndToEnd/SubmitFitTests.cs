using Toolchain.Data.Embeddings;

namespace Toolchain.EndToEnd;

/// <summary>
/// <c>uvl submit slurm cluster</c>, <c>pca</c> and <c>neighbours</c> with scripts in the place of Slurm's commands; tests/Cluster has real
/// daemons.
/// </summary>
public sealed class SubmitFitTests : CommandTest
{
    // sbatch runs the job at once; srun runs its tasks side by side, each with its log, and ends with the highest code.
    const string Sbatch = """
        for word; do case $word in *.sbatch) script=$word ;; esac; done
        echo "$*" >> "$(dirname "$script")/submitted"
        SLURMD_NODENAME=n0 bash "$script" > "$(dirname "$script")/logs/fit.log" 2>&1
        echo "21;cluster"
        """, Srun = """
        for word; do
            case $word in
                --ntasks=*) tasks=${word#*=} ;;
                --output=*) log=${word#*=} ;;
                --*) ;;
                *) break ;;
            esac
            shift
        done
        for i in $(seq 0 $((tasks - 1))); do
            SLURM_PROCID=$i SLURMD_NODENAME=n$i "$@" > "${log/\%t/$i}" 2>&1 &
            pids="$pids $!"
        done
        worst=0
        for pid in $pids; do
            wait $pid
            code=$?
            [ $code -le $worst ] || worst=$code
        done
        exit $worst
        """;

    public SubmitFitTests()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 900 * 3).Select(i => random.NextSingle() + (i / 3 % 4 == i % 3 ? 1 : 0))];
        EmbeddingFile.Write(In("v.npy"), new EmbeddingTable([.. Enumerable.Range(0, 900).Select(row => $"{row}")], values));
    }

    [Fact]
    public void DryRun_WritesTheScriptOfTheRepositoryWithItsSettings()
    {
        (int status, string output, string error) = Run("submit", "slurm", "cluster", In("v.npy"), "--k", "4", "--method", "gmm", "--out",
            In("c.onnx"), "--nodes", "2", "--ranks", "6", "--sbatch", "comment=my job", "--uvl", "/opt/uvl", "--dry-run");
        Assert.True(status == 0, error);
        string folder = In("c.onnx.slurm");
        Assert.Equal($"wrote {folder}/fit.sbatch; submit with: sbatch {folder}/fit.sbatch\n", output);
        const string append = "#SBATCH --open-mode=append\n";
        string template = File.ReadAllText(Checkout.In("deploy/slurm/fit.sbatch"));
        Assert.Equal(template
            .Replace(append, $"{append}#SBATCH --output={folder}/logs/fit.log\n#SBATCH --ntasks=6\n#SBATCH --nodes=2\n"
                + "#SBATCH --exclusive\n#SBATCH --comment=\"my job\"\n")
            .Replace("# settings\n", $"cd {Environment.CurrentDirectory} || exit\nuvl=(/opt/uvl) ranks=6 status={folder}/status "
                + $"logs={folder}/logs\nset -- cluster {In("v.npy")} --k 4 --method gmm --out {In("c.onnx")}\n"),
            File.ReadAllText($"{folder}/fit.sbatch"));
    }

    [Theory]
    [InlineData("cluster", "--k", "4", "--seed", "3")]
    [InlineData("pca", "--components", "2", "--whiten")]
    public void Ranks_MakeTheBytesOfOneProgram(string verb, params string[] options)
    {
        Install("sbatch", Sbatch);
        Install("srun", Srun);
        CommandResult one = Run([verb, In("v.npy"), .. options, "--out", In("one.onnx"), "--quiet"]);
        (int status, string output, string error) = Submit(verb, [.. options, "--out", In("f.onnx"), "--ranks", "3"]);
        Assert.True(status == 0, error);
        Assert.Equal($"submitted 3 ranks as job 21; script and logs are in {In("f.onnx.slurm")}\n"
            + one.Output.Replace("one.onnx", "f.onnx"), output);
        Assert.Equal(File.ReadAllBytes(In("one.onnx")), File.ReadAllBytes(In("f.onnx")));
        Assert.Equal([$"--parsable {In("f.onnx.slurm/fit.sbatch")}"], File.ReadAllLines(In("f.onnx.slurm/submitted")));
    }

    [Fact]
    public void RanksOfNeighbours_MakeTheTableOfOneProgram()
    {
        Install("sbatch", Sbatch);
        Install("srun", Srun);
        string[] options = ["--count", "4"];
        CommandResult one = Run(["neighbours", In("v.npy"), "--each", "--mode", "exact", .. options, "--out", In("one.npy"), "--quiet"]);
        (int status, string output, string error) = Submit("neighbours", [.. options, "--out", In("f.npy"), "--ranks", "3"]);
        Assert.True(status == 0, error);
        Assert.EndsWith(one.Output.Replace("one.", "f."), output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(In("one.npy")), File.ReadAllBytes(In("f.npy")));
        Assert.Equal(File.ReadAllBytes(In("one.distances.npy")), File.ReadAllBytes(In("f.distances.npy")));
    }

    /// <summary>Rank 1 fails until its disk is mended; the same command then finishes the fit.</summary>
    [Fact]
    public void FailedRank_IsNamedAndTheSameCommandGoesOn()
    {
        Install("sbatch", Sbatch);
        Install("srun", Srun);
        Install("flaky", $"""
            case "$*" in *--shard?1/2*) [ -e {In("mended")} ] || (echo 'uvl: No space left on device' >&2; exit 75) || exit ;; esac
            exec dotnet {Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll")} "$@"
            """);
        string[] words = ["--k", "4", "--out", In("f.onnx"), "--ranks", "2", "--uvl", In("bin/flaky"), "--wait-seconds", "1"];
        (int status, _, string error) = Submit("cluster", words);
        Assert.Equal($"rank 0: exit code 75 on n0; log {In("f.onnx.slurm/logs/0.log")}: uvl: rank 1 of 2: expected a sign of life in 1 s, "
            + "found none; start all ranks again, they go on from step 0. The output was not changed. Fix the cause and rerun the same "
            + $"command.\nrank 1: exit code 75 on n1; log {In("f.onnx.slurm/logs/1.log")}: uvl: No space left on device\n"
            + "uvl: 2 of 2 ranks failed; the same command goes on from the last step, or: sbatch "
            + $"{In("f.onnx.slurm/fit.sbatch")}\n", error);
        Assert.Equal(75, status);

        File.WriteAllText(In("mended"), "");
        (status, _, error) = Submit("cluster", words);
        Assert.True(status == 0, error);
        Assert.Equal(0, Run("cluster", In("v.npy"), "--k", "4", "--out", In("one.onnx"), "--quiet").Status);
        Assert.Equal(File.ReadAllBytes(In("one.onnx")), File.ReadAllBytes(In("f.onnx")));
    }

    /// <summary>A rank that is killed once starts again in its place.</summary>
    [Fact]
    public void KilledRank_StartsAgainInItsTask()
    {
        Install("sbatch", Sbatch);
        Install("srun", Srun);
        Install("killed", $"""
            case "$*" in *--shard?1/2*) [ -e {In("once")} ] || (touch {In("once")}; kill -9 $BASHPID) || kill -9 $$ ;; esac
            exec dotnet {Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll")} "$@"
            """);
        (int status, _, string error) = Submit("cluster", ["--k", "4", "--out", In("f.onnx"), "--ranks", "2", "--uvl", In("bin/killed")]);
        Assert.True(status == 0, error);
        Assert.True(File.Exists(In("once")));
        Assert.Contains("Killed", File.ReadAllText(In("f.onnx.slurm/logs/1.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void LostJob_IsToldWithItsLog()
    {
        Install("sbatch", "echo 22; echo 'slurmstepd: error: node failure' > " + In("f.onnx.slurm/logs/fit.log"));
        (int status, _, string error) = Submit("cluster", ["--k", "4", "--out", In("f.onnx"), "--ranks", "2"]);
        Assert.Equal($"no rank left an exit code (killed, a node lost, or cancelled); log {In("f.onnx.slurm/logs/fit.log")}: slurmstepd: "
            + "error: node failure\nuvl: the job failed; the same command goes on from the last step, or: sbatch "
            + $"{In("f.onnx.slurm/fit.sbatch")}\n", error);
        Assert.Equal(75, status);
    }

    [Theory]
    [InlineData("--ranks '0': expected --nodes or --ranks of at least 1.", "--k", "4", "--out", "c.onnx")]
    [InlineData("--nodes '3': expected at most as many as --ranks, 2.", "--k", "4", "--out", "c.onnx", "--nodes", "3", "--ranks", "2")]
    [InlineData("--method balanced: expected kmeans or gmm; balanced clusters are fitted by one program. See 'uvl submit slurm "
        + "cluster --help'.", "--k", "4", "--method", "balanced", "--out", "c.onnx", "--ranks", "2")]
    [InlineData("--k: expected a number, found none.", "--out", "c.onnx", "--ranks", "2")]
    [InlineData("--out 'c.csv': expected a graph (.onnx), found '.csv'.", "--k", "4", "--out", "c.csv", "--ranks", "2")]
    public void Mistakes_AreNamed(string message, params string[] words)
    {
        CommandResult result = Run(["submit", "slurm", "cluster", In("v.npy"), .. words]);
        Assert.Equal((2, $"uvl: {message}\n"), (result.Status, result.Error));
    }

    [Fact]
    public void NeighboursAsAGraph_AreAMistake()
    {
        CommandResult result = Run(["submit", "slurm", "neighbours", In("v.npy"), "--out", "n.onnx", "--ranks", "2"]);
        Assert.Equal((2, "uvl: --out 'n.onnx': expected row numbers (.npy), found '.onnx'.\n"), (result.Status, result.Error));
    }

    [Fact]
    public void Kubernetes_DryRun_FillsInTheManifestOfTheRepository()
    {
        (int status, string output, string error) = Run("submit", "kubernetes", "cluster", "/data/v.npy", "--k", "10", "--out",
            "/data/clusters.onnx", "--ranks", "5", "--image", "localhost:5000/uvl:2", "--name", "try", "--claim", "nfs", "--folder",
            In("k"), "--dry-run");
        Assert.True(status == 0, error);
        Assert.Equal($"wrote {In("k/fit.yaml")}; apply with: kubectl apply -f {In("k/fit.yaml")} && kubectl wait --for=condition=complete "
            + "--timeout=-1s job/try-fit\n", output);
        Assert.Equal(File.ReadAllText(Checkout.In("deploy/kubernetes/fit.yaml"))
            .Replace("# Fits over embeddings by eight ranks, each in a pod of its own. Change completions, parallelism and JOB_COMPLETIONS "
                + "together.", "# Fits over embeddings by 5 ranks, each in a pod of its own; written by uvl submit kubernetes.")
            .Replace("completions: 8", "completions: 5").Replace("parallelism: 8", "parallelism: 5").Replace("value: \"8\"", "value: \"5\"")
            .Replace("name: uvl-fit", "name: try-fit").Replace("claimName: uvl", "claimName: nfs")
            .Replace("image: registry.example.com/uvl:1", "image: \"localhost:5000/uvl:2\"")
            .Replace("[uvl, cluster,", "[uvl, \"cluster\","),
            File.ReadAllText(In("k/fit.yaml")));
    }

    [Fact]
    public void Kubernetes_FailedRanks_AreNamedAndTheSameCommandGoesOn()
    {
        Install("kubectl", $"""
            echo "$*" >> {In("calls")}
            case "$*" in
                *get*) [ -e {In("applied")} ] || exit 0
                    [ -e {In("mended")} ] && echo '2||SuccessCriteriaMet Complete' || echo '0|1|FailureTarget Failed' ;;
                *apply*) touch {In("applied")} ;;
            esac
            """);
        string[] words = ["submit", "kubernetes", "pca", "/data/v.npy", "--out", "/data/p.onnx", "--ranks", "2", "--image", "i", "--folder",
            In("k"), "--quiet", "--poll-seconds", "0.05"];
        (int status, string output, string error) = Start(words);
        Assert.Equal((75, $"applied uvl-fit, 2 ranks; the manifest is in {In("k")}\n"), (status, output));
        Assert.Equal("uvl: ranks 1 of 2 failed; see kubectl logs --selector batch.kubernetes.io/job-name=uvl-fit,"
            + "batch.kubernetes.io/job-completion-index=INDEX; the same command submits the job again, which goes on from the last step\n",
            error);
        File.WriteAllText(In("mended"), "");
        (status, output, error) = Start(words);
        Assert.True(status == 0, error);
        Assert.EndsWith("2 ranks made /data/p.onnx\n", output, StringComparison.Ordinal);
        string[] both = ["delete job uvl-fit --ignore-not-found", $"apply --filename {In("k/fit.yaml")}"];
        Assert.Equal([.. both, .. both], File.ReadAllLines(In("calls")).Where(line => line[0] != 'g' && line[0] != 'v'));
    }

    /// <summary>Commands beside an argument do not take it.</summary>
    [Fact]
    public void Help_HasNoModel()
    {
        string help = Run("submit", "slurm", "pca", "--help").Output;
        Assert.Contains("  uvl submit slurm pca <VECTORS> [options]\n", help, StringComparison.Ordinal);
        Assert.DoesNotContain("MODEL", help, StringComparison.Ordinal);
        Assert.Contains("  uvl submit slurm <MODEL> [command] [options]\n", Run("submit", "slurm", "--help").Output,
            StringComparison.Ordinal);
    }

    CommandResult Submit(string verb, string[] words)
    {
        Install("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1");
        return Start(["submit", "slurm", verb, In("v.npy"), "--quiet", "--poll-seconds", "0.05", .. words]);
    }

    void Install(string name, string script)
    {
        Directory.CreateDirectory(In("bin"));
        File.WriteAllText(In($"bin/{name}"), $"#!/bin/bash\n{script}\n");
        Assert.Equal(0, SystemProgram.Run("chmod", "+x", In($"bin/{name}")).Status);
    }

    CommandResult Start(string[] words)
    {
        using Uvl uvl = Uvl.StartWith(new() { ["PATH"] = $"{In("bin")}:{Environment.GetEnvironmentVariable("PATH")}" }, words);
        return uvl.Wait();
    }
}
