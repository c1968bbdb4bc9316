using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl submit slurm</c> with scripts in the place of Slurm's commands; tests/Cluster has real daemons.</summary>
public sealed class SubmitTests : CommandTest
{
    readonly string model;

    public SubmitTests()
    {
        var graph = new GraphBuilder("encoder");
        Value flat = graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        float[] weights = [.. Enumerable.Range(0, 4 * 784).Select(i => i % 101 / 50f - 1)];
        graph.Output("embedding", graph.Gemm(flat, graph.Initializer("weight", TensorData.Of(weights, 4, 784)),
            graph.Initializer("bias", TensorData.Of(new float[4], 4)), transB: true));
        graph.Build().Save(model = In("model.onnx"));
    }

    [Fact]
    public void DryRun_WritesTheScriptsOfTheRepositoryWithTheirSettings()
    {
        (int status, string output, string error) = Run("submit", "slurm", model, "--data", "strokes:700", "--polarity", "light", "--out",
            In("v.npy"), "--nodes", "2", "--shards", "3", "--sbatch", "partition=long", "--sbatch", "comment=my job", "--uvl", "/opt/uvl",
            "--dry-run");
        Assert.True(status == 0, error);
        Assert.Equal($"wrote {In("v.npy.slurm/embed.sbatch")} and {In("v.npy.slurm/merge.sbatch")}; submit with: sbatch --array=0-2 "
            + $"{In("v.npy.slurm/embed.sbatch")}\n", output);
        string template = File.ReadAllText(Checkout.In("deploy/slurm/embed.sbatch"));
        string options = $"#SBATCH --output={In("v.npy.slurm/logs/%a.log")}\n#SBATCH --partition=long\n#SBATCH --comment=\"my job\"\n";
        string settings = $"cd {Environment.CurrentDirectory} || exit\nuvl=(/opt/uvl) status={In("v.npy.slurm/status")} "
            + $"shard=$SLURM_ARRAY_TASK_ID/3\nset -- {model} --data strokes:700 --polarity light --out {In("v.npy")}\n";
        const string append = "#SBATCH --open-mode=append\n";
        Assert.Equal(template.Replace(append, $"{append}{options}#SBATCH --nodes=1\n#SBATCH --exclusive\n")
            .Replace("# settings\n", settings),
            File.ReadAllText(In("v.npy.slurm/embed.sbatch")));
        Assert.Contains($"uvl=(/opt/uvl) status={In("v.npy.slurm/status")}\nset -- --out {In("v.npy")}\n",
            File.ReadAllText(In("v.npy.slurm/merge.sbatch")), StringComparison.Ordinal);
    }

    /// <summary>Shard 1 fails once: it is named with its log, and the same command submits it alone.</summary>
    [Fact]
    public void Submit_FailedShard_IsNamedAndSubmittedAlone()
    {
        Install("sbatch", """
            for word; do case $word in --array=*) array=${word#--array=} ;; --dependency=*) waits=1 ;; *.sbatch) script=$word ;; esac; done
            cd "$(dirname "$script")"
            echo "${array:-merge}" >> submitted
            if [ "${array:-}" ]; then
                rm -f failed
                for i in $(echo "$array" | sed 's/0-2/0 1 2/'); do
                    SLURM_ARRAY_TASK_ID=$i SLURMD_NODENAME=n$i bash "$script" > logs/$i.log 2>&1 || touch failed
                done
                echo 11
            else
                [ "${waits:-}" ] && [ -e failed ] || bash "$script" > logs/merge.log 2>&1
                echo "12;cluster"
            fi
            """);
        Install("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1");
        Install("flaky", $"""
            case "$*" in *--shard?1/3*) [ -e {In("mended")} ] || (echo 'uvl: No space left on device' >&2; exit 75) || exit ;; esac
            exec dotnet {Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll")} "$@"
            """);
        string[] words = ["submit", "slurm", model, "--data", "strokes:700", "--out", In("v.npy"), "--shards", "3", "--poll-seconds",
            "0.05", "--uvl", In("bin/flaky"), "--quiet"];
        (int status, string output, string error) = Start(words);
        Assert.Equal($"submitted 3 shards as job 11, the merge as job 12; scripts and logs are in {In("v.npy.slurm")}\n", output);
        Assert.Equal($"shard 1: exit code 75 on n1; log {In("v.npy.slurm/logs/1.log")}: uvl: No space left on device\nuvl: 1 shard of 3 "
            + $"failed; the same command submits just those, or: sbatch --array=1 {In("v.npy.slurm/embed.sbatch")}\n", error);
        Assert.Equal(75, status);
        Assert.False(File.Exists(In("v.npy")));

        File.WriteAllText(In("mended"), "");
        (status, output, error) = Start(words);
        Assert.True(status == 0, error);
        Assert.Equal($"submitted 1 shard as job 11, the merge as job 12; scripts and logs are in {In("v.npy.slurm")}\n"
            + $"700 rows of 3 shards in {In("v.npy")}\n", output);
        Assert.Equal(["0-2", "merge", "1", "merge"], File.ReadAllLines(In("v.npy.slurm/submitted")));
        Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:700", "--out", In("one.npy")).Status);
        Assert.Equal(File.ReadAllBytes(In("one.npy")), File.ReadAllBytes(In("v.npy")));
    }

    [Fact]
    public void Submit_RefusedBySlurm_EndsWith75AndItsWords()
    {
        Install("sbatch", "echo 'sbatch: error: invalid partition specified: long' >&2; exit 1");
        (int status, _, string error) = Start("submit", "slurm", model, "--data", "strokes:700", "--out", In("v.npy"), "--shards", "3");
        Assert.Equal("uvl: sbatch ended with 1: sbatch: error: invalid partition specified: long. The output was not changed. Fix the "
            + "cause and rerun the same command.\n", error);
        Assert.Equal(75, status);
    }

    [Theory]
    [InlineData("--shards '0': expected --nodes or --shards of at least 1.", "--data", "strokes:700", "--out", "v.npy")]
    [InlineData("--data: expected a source that every node can read, such as a folder; found none, or standard input.", "--data", "-",
        "--out", "v.npy", "--shards", "2")]
    [InlineData("--poll-seconds: expected more than 0 and at most 3600.", "--data", "strokes:9", "--out", "v.npy", "--shards", "2",
        "--poll-seconds", "0")]
    public void Submit_Mistakes_AreNamed(string message, params string[] words)
    {
        words[Array.IndexOf(words, "v.npy")] = In("v.npy");
        (int status, _, string error) = Run(["submit", "slurm", model, .. words]);
        Assert.Equal($"uvl: {message}\n", error);
        Assert.Equal(2, status);
    }

    void Install(string name, string script)
    {
        Directory.CreateDirectory(In("bin"));
        File.WriteAllText(In($"bin/{name}"), $"#!/bin/bash\n{script}\n");
        Assert.Equal(0, SystemProgram.Run("chmod", "+x", In($"bin/{name}")).Status);
    }

    CommandResult Start(params string[] words)
    {
        using Uvl uvl = Uvl.StartWith(new() { ["PATH"] = $"{In("bin")}:{Environment.GetEnvironmentVariable("PATH")}" }, words);
        return uvl.Wait();
    }
}
