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
}
