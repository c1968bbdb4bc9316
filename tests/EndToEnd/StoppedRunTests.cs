namespace Toolchain.EndToEnd;

/// <summary>Runs that end before their time, and what is left of them.</summary>
public sealed class StoppedRunTests(StoppedRunTests.StraightRun straight) : CommandTest, IClassFixture<StoppedRunTests.StraightRun>
{
    // Long enough to be stopped in the middle; both ends are the same bytes whenever that happens.
    static readonly string[] training = ["train", "autoencoder", "--quiet", "--data", "strokes:700", "--threads", "1", "--set",
        "stepCount=200", "--set", "batchSize=32"];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Train_Stopped_EndsWith75AndResumesToTheSameBytes(string signal)
    {
        using (Uvl uvl = Uvl.Start([.. training, "--out", In("stopped")]))
        {
            uvl.WaitForLines(In("stopped/metrics.jsonl"), 30);
            uvl.Signal(signal);
            (int status, _, string error) = uvl.Wait();
            Assert.Equal(75, status);
            Assert.Contains($"continue with: uvl train autoencoder --resume {In("stopped")}", error, StringComparison.Ordinal);
        }
        Assert.InRange(File.ReadLines(In("stopped/metrics.jsonl")).Count(), 30, 199);
        Resumes("stopped");
    }

    [Fact]
    public void Train_Killed_ResumesFromItsCheckpointToTheSameBytes()
    {
        Assert.Equal(0, Uvl.Run([.. training, "--out", In("killed"), "--time", "0.3s"]).Status);
        File.Delete(In("killed/manifest.json"));
        int checkpointed = File.ReadLines(In("killed/metrics.jsonl")).Count();
        using (Uvl uvl = Uvl.Start("train", "autoencoder", "--quiet", "--threads", "1", "--resume", In("killed")))
        {
            uvl.WaitForLines(In("killed/metrics.jsonl"), checkpointed + 20);
            uvl.Signal("KILL");
            Assert.Equal(137, uvl.Wait().Status);
        }
        Resumes("killed");
    }

    [Fact]
    public void Train_DiskFull_EndsWith75AndLeavesNothingHalfWritten()
    {
        string disk = Directory.CreateDirectory(In("disk")).FullName;
        Assert.SkipUnless(SystemProgram.Run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk).Status == 0,
            "a small file system can be mounted by root alone");
        try
        {
            (int status, _, string error) = Uvl.Run([.. training, "--out", Path.Combine(disk, "run")]);
            Assert.Equal(75, status);
            Assert.Contains("No space left on device", error, StringComparison.Ordinal);
            Assert.Contains("fix the cause, then continue with: uvl train autoencoder --resume", error, StringComparison.Ordinal);
            Assert.DoesNotContain(Directory.GetFiles(disk, "*", SearchOption.AllDirectories), file =>
                file.EndsWith(".tmp", StringComparison.Ordinal) || file.EndsWith(".onnx", StringComparison.Ordinal));
        }
        finally
        {
            _ = SystemProgram.Run("umount", disk);
        }
    }

    void Resumes(string run)
    {
        // with the threads that the run had
        (int status, _, string error) = Uvl.Run("train", "autoencoder", "--quiet", "--resume", In(run));
        Assert.True(status == 0, error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(straight.Folder, "model.onnx")), File.ReadAllBytes(In($"{run}/model.onnx")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(straight.Folder, "checkpoints/last.safetensors")),
            File.ReadAllBytes(In($"{run}/checkpoints/last.safetensors")));
        Assert.Equal(File.ReadAllText(Path.Combine(straight.Folder, "metrics.jsonl")), File.ReadAllText(In($"{run}/metrics.jsonl")));
    }

    /// <summary>The training from its first to its last step, made once.</summary>
    public sealed class StraightRun : IDisposable
    {
        readonly TemporaryFolder temporary = new();

        /// <summary>Trains.</summary>
        public StraightRun()
        {
            (int status, _, string error) = Uvl.Run([.. training, "--out", Folder]);
            Assert.True(status == 0, error);
        }

        /// <summary>Its folder.</summary>
        public string Folder => temporary["run"];

        /// <summary>Deletes it.</summary>
        public void Dispose() => temporary.Dispose();
    }
}
