using Toolchain.Data.Streams;

namespace Toolchain.Inference.Tests;

public sealed partial class EmbedJobTests
{
    [Fact]
    public void RunShard_Finished_IsNotEmbeddedAgain_UnlessDamagedOrOfAnotherJob()
    {
        string path = In("again.npy"), file = In("again.npy.shard-1-of-3");
        using EncoderSession session = EncoderSession.Open(model);
        EmbedReport first = Shard(All()), again = Shard(All());
        byte[] rows = File.ReadAllBytes(file);
        Assert.Equal((0, first.Count), (first.ResumedCount, first.Count));
        Assert.Equal((first.Count, first.Count), (again.Count, again.ResumedCount));

        File.WriteAllBytes(file, [.. rows[..^1], (byte)(rows[^1] ^ 1)]);
        Assert.Equal(0, Shard(All()).ResumedCount);
        Assert.Equal(rows, File.ReadAllBytes(file));

        Assert.Equal(0, Shard(All() with { Probability = false }).ResumedCount);
        File.Delete($"{file}.json");
        Assert.Equal(0, Shard(All()).ResumedCount);
        Assert.Equal(rows, File.ReadAllBytes(file));

        EmbedReport Shard(EmbedOptions options)
        {
            using ImageStream source = Images();
            return EmbedJob.RunShard(session, source, path, new(1, 3), options);
        }
    }

    // A task that was paused, for which the engine started another; then it wakes, with other rows to show whose stay.
    [Fact]
    public void RunShard_WhileAnotherTaskWritesIt_FinishesBesideIt_AndTheFirstStays()
    {
        string path = In("twice.npy"), file = In("twice.npy.shard-0-of-2");
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = Images();
        using FileStream paused = new($"{file}.partial", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using FileStream alsoPaused = new($"{file}.partial-2", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        EmbedReport report = EmbedJob.RunShard(session, source, path, new(0, 2), All());
        Assert.Equal(0, report.ResumedCount);
        byte[] rows = File.ReadAllBytes(file);
        paused.Write([1, 2, 3]);
        paused.Dispose();
        Assert.Equal(rows, File.ReadAllBytes(file));
        Assert.Equal([file, $"{file}.json"], Directory.GetFiles(Folder(), "twice.*").Order());

        string Folder() => Path.GetDirectoryName(file)!;
    }

    [Fact]
    public void RunShard_FinishedByAnotherMeanwhile_LeavesThatOne()
    {
        string path = In("first.npy"), file = In("first.npy.shard-0-of-2");
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream slow = Images(), fast = Images();
        DateTime? first = null;
        EmbedJob.RunShard(session, slow, path, new(0, 2), All() with
        {
            Progress = new Listener(_ =>
            {
                if (first is null)
                {
                    EmbedJob.RunShard(session, fast, path, new(0, 2), All());
                    first = File.GetLastWriteTimeUtc($"{file}.json");
                }
            }),
        });
        Assert.Equal(first, File.GetLastWriteTimeUtc($"{file}.json"));
        Assert.Equal([file, $"{file}.json"], Directory.GetFiles(Path.GetDirectoryName(file)!, "first.*").Order());
    }
}
