using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Create_NewOrEmptyFolder_IsTaken()
    {
        Directory.CreateDirectory(folder["empty"]);
        Assert.Equal(folder["empty"], RunFolder.Create(folder["empty"]).Path);
        Assert.True(Directory.Exists(RunFolder.Create(folder["a/b"]).Path));
    }

    [Fact]
    public void Create_FolderWithAFile_IsRefused()
    {
        File.WriteAllText(folder["something"], "");
        Assert.Equal($"'{folder.Root}' exists and is not empty; name another folder with --out, or continue the run in it with --resume "
            + $"{folder.Root}.",
            Assert.Throws<ArgumentException>(() => RunFolder.Create(folder.Root)).Message);
    }

    [Fact]
    public void Create_File_IsRefused()
    {
        File.WriteAllText(folder["file"], "kept");
        Assert.Throws<ArgumentException>(() => RunFolder.Create(folder["file"]));
        Assert.Equal("kept", File.ReadAllText(folder["file"]));
    }

    [Fact]
    public void Lock_TakenTwice_NamesTheProcessThatHasIt()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        using (run.Lock())
        {
            Assert.Equal($"'{folder["run"]}': process {Environment.ProcessId} trains in this folder now; wait until it ends, or name "
                + $"another folder.",
                Assert.Throws<ArgumentException>(() => run.Lock()).Message);
        }
        run.Lock().Dispose();
        Assert.Equal(folder["run"], RunFolder.Create(folder["run"]).Path); // a lock that was given back leaves the folder free
    }

    [Fact]
    public void LatestUnfinished_FolderThatNeverBeganOrIsTrainedIn_IsLeftOut()
    {
        RunFolder begun = RunFolder.CreateNext(folder.Root, "moco"), taken = RunFolder.CreateNext(folder.Root, "moco"),
            never = RunFolder.CreateNext(folder.Root, "moco");
        Array.ForEach([begun, taken, never], run => File.WriteAllText(run.Config, "{}"));
        begun.Say("moco: 10 images");
        taken.Say("moco: 10 images");
        using IDisposable claim = taken.Lock();
        Assert.Equal(begun.Path, RunFolder.LatestUnfinished(folder.Root, "moco")?.Path);
    }

    [Fact]
    public void CreateNext_Thrice_Numbers()
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(_ => Path.GetFileName(RunFolder.CreateNext(folder.Root, "moco").Path))];
        Assert.Equal(["run-001", "run-002", "run-003"], names);
    }

    [Fact]
    public void CreateNext_FromManyThreads_GivesEachItsOwn()
    {
        string[] paths = new string[16];
        Parallel.For(0, paths.Length, i => paths[i] = RunFolder.CreateNext(folder.Root, "moco").Path);
        Assert.Equal(paths.Length, paths.Distinct().Count());
    }

    [Fact]
    public void NewestCheckpoint_ElevenStarts_IsTheElevenths()
    {
        RunFolder run = RunFolder.Create(folder["a"]);
        foreach (int start in Enumerable.Range(0, 11))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(run.Restart(start).LastCheckpoint)!);
            File.WriteAllText(run.Restart(start).LastCheckpoint, "");
        }
        Assert.Equal(run.Restart(10).LastCheckpoint, run.NewestCheckpoint);
    }

    [Fact]
    public void TimeTakenInAll_RunAndStarts_IsTheirSum()
    {
        RunFolder run = RunFolder.Create(folder["a"]);
        Assert.Equal(TimeSpan.Zero, run.TimeTakenInAll);
        run.TimeTaken = TimeSpan.FromSeconds(1.5);
        run.Restart(0).TimeTaken = TimeSpan.FromSeconds(2);
        run.Restart(1).TimeTaken = TimeSpan.FromSeconds(4);
        Assert.Equal(TimeSpan.FromSeconds(1.5), run.TimeTaken);
        Assert.Equal(TimeSpan.FromSeconds(7.5), run.TimeTakenInAll);
    }

    [Fact]
    public void LatestUnfinished_NewestWithConfigButNoManifest()
    {
        Assert.Null(RunFolder.LatestUnfinished(folder.Root, "moco"));
        Run(8);
        Run(999);
        RunFolder newest = Run(1000);
        Assert.Equal(newest.Path, RunFolder.LatestUnfinished(folder.Root, "moco")!.Path);
        File.WriteAllText(newest.Manifest, "{}");
        Assert.Equal("run-999", Path.GetFileName(RunFolder.LatestUnfinished(folder.Root, "moco")!.Path));
        Assert.Null(RunFolder.LatestUnfinished(folder.Root, "autoencoder"));
    }

    [Fact]
    public void Open_FolderWithoutConfig_SaysWhatIsExpected() => Assert.Equal(
        $"'{folder.Root}': expected a run folder with config.json, found none; name the folder that 'uvl train' printed.",
        Assert.Throws<InvalidDataException>(() => RunFolder.Open(folder.Root)).Message);

    RunFolder Run(int number)
    {
        RunFolder run = RunFolder.Create(folder[$"moco/run-{number:000}"]);
        File.WriteAllText(run.Config, "{}");
        run.Say("moco: begun");
        return run;
    }
}
