using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Images;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Data.Strokes;
using Toolchain.Graph.Files;

namespace Toolchain.Inference.Tests;

/// <summary>The same bytes however the work was done, and rows that never shift against their names.</summary>
public sealed partial class EmbedJobTests : IDisposable
{
    static readonly ImageSet digits = StrokeDigits.Draw(300, 6);

    readonly TemporaryFolder folder = new();
    readonly string model;

    public EmbedJobTests() => Models.Clusterer().Build().Save(model = folder["model.onnx"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(".csv")]
    [InlineData(".npy")]
    [InlineData(".parquet")]
    [InlineData(".arrow")]
    public void Run_AnyThreadsOrShards_GivesTheSameBytes(string extension)
    {
        byte[][] straight = [.. new[] { 1, 2, 4 }.Select(threads => Straight($"t{threads}{extension}", threads))];
        Assert.All(straight, file => Assert.Equal(straight[0], file));
        foreach (int count in new[] { 1, 2, 5 })
        {
            string path = In($"s{count}{extension}");
            using EncoderSession session = EncoderSession.Open(model);
            foreach (int index in Enumerable.Range(0, count).Reverse())
            {
                using ImageStream source = Images();
                EmbedJob.RunShard(session, source, path, new(index, count), All());
            }
            Assert.Equal((300, count), ShardMerge.Run(path));
            Assert.Equal(straight[0], File.ReadAllBytes(path));
            RequireSameRanges(path);
        }
    }

    // Of the shards and of the merged file.
    static void RequireSameRanges(string path)
    {
        using EmbeddingTable table = EmbeddingFile.Read(path);
        int width = table.Dimension;
        foreach ((int first, int end) in new[] { (0, 300), (0, 0), (100, 101), (63, 250), (299, 300), (300, 300) })
        {
            using EmbeddingRange ofShards = ShardMerge.ReadRange(path, rows => (Math.Min(rows, first), end));
            using var ofFile = EmbeddingRange.Read(path, rows => (Math.Min(rows, first), end));
            float[] expected = table.Embeddings[(first * width)..(end * width)].ToArray();
            Assert.Equal(expected, ofShards.Values.ToArray());
            Assert.Equal(expected, ofFile.Values.ToArray());
            Assert.Equal((300, width, 300, width), (ofShards.RowCount, ofShards.Dimension, ofFile.RowCount, ofFile.Dimension));
        }
    }

    [Theory]
    [InlineData(1, ".csv")]
    [InlineData(128, ".arrow")]
    [InlineData(299, ".parquet")]
    public void Run_StoppedAnywhere_GoesOnToTheSameBytes(int stopAfter, string extension)
    {
        byte[] straight = Straight($"straight{extension}", 2);
        string path = In($"stopped{extension}");
        using EncoderSession session = EncoderSession.Open(model);
        using (var stop = new CancellationTokenSource())
        using (ImageStream source = Images())
        {
            Assert.Throws<OperationCanceledException>(() =>
                EmbedJob.Run(session, source, path, All() with { Progress = new Listener(done => Stop(stop, done >= stopAfter)) },
                stop.Token));
        }
        Assert.False(File.Exists(path));
        // A kill may leave an incomplete record.
        File.AppendAllBytes($"{path}.partial", [9, 9, 9]);
        using ImageStream again = Images();
        EmbedReport report = EmbedJob.Run(session, again, path, All());
        Assert.True(report.ResumedCount >= Math.Min(stopAfter, 64), $"went on after {report.ResumedCount}");
        Assert.Equal(300, report.Count);
        Assert.Equal(straight, File.ReadAllBytes(path));
        Assert.False(File.Exists($"{path}.partial"));
    }

    [Fact]
    public void Run_OtherOptionsThanTheStoppedRun_StartsAnew()
    {
        string path = In("x.csv");
        using EncoderSession session = EncoderSession.Open(model);
        using (var stop = new CancellationTokenSource())
        using (ImageStream source = Images())
        {
            Assert.Throws<OperationCanceledException>(() =>
                EmbedJob.Run(session, source, path, All() with { Progress = new Listener(_ => Stop(stop, true)) }, stop.Token));
        }
        using ImageStream again = Images();
        Assert.Equal(0, EmbedJob.Run(session, again, path, All() with { Probability = false }).ResumedCount);
    }

    // Of 300 images two batches and more are done; image 70, in the second batch, was damaged from the start, and is blank when it is
    // mended.
    [Theory]
    [InlineData(-1, 128)]
    [InlineData(0, 0)]
    [InlineData(65, 64)]
    [InlineData(70, 64)]
    [InlineData(299, 128)]
    public void Run_ImageChangedSinceTheStoppedRun_GoesOnFromItsBatch(int changed, int atLeast)
    {
        string images = Folder(300), path = In("x.csv");
        DateTime time = File.GetLastWriteTimeUtc(Image(0));
        File.WriteAllText(Image(70), "no image");
        using EncoderSession session = EncoderSession.Open(model, new() { Threads = 1 });
        using (var stop = new CancellationTokenSource())
        using (ImageStream source = ImageSource.OpenStream(images, Split.All))
        {
            EmbedOptions stopping = All() with { SkipBad = true, Progress = new Listener(done => Stop(stop, done >= 128)) };
            Assert.Throws<OperationCanceledException>(() => EmbedJob.Run(session, source, path, stopping, stop.Token));
        }
        if (changed >= 0)
        {
            PngWriter.WriteGrey(Image(changed), 28, 28, changed == 70 ? new byte[784] : digits.Image((changed + 1) % 300));
            File.SetLastWriteTimeUtc(Image(changed), time);
        }
        using ImageStream again = ImageSource.OpenStream(images, Split.All), fresh = ImageSource.OpenStream(images, Split.All);
        long resumed = EmbedJob.Run(session, again, path, All() with { SkipBad = true }).ResumedCount;
        // What was under way when the run was stopped may be done too, at most all.
        Assert.InRange(resumed, atLeast, changed < 0 ? 300 : changed / 64 * 64);
        EmbedJob.Run(session, fresh, In("fresh.csv"), All() with { SkipBad = true });
        Assert.Equal(File.ReadAllBytes(In("fresh.csv")), File.ReadAllBytes(path));

        string Image(int number) => Path.Combine(images, $"{number:d3}.png");
    }

    // A pixel of every value, in pieces that vectors divide and that they do not.
    [Theory]
    [InlineData(256)]
    [InlineData(255)]
    [InlineData(7)]
    public void Widen_Vectors_GiveThePlainQuotients(int count)
    {
        byte[] pixels = [.. Enumerable.Range(0, count).Select(i => (byte)i)];
        float[] target = [.. Enumerable.Repeat(9f, count + 3)];
        ImageSet.ToFloats(pixels, target);
        Assert.Equal([.. pixels.Select(pixel => pixel / 255f), 0, 0, 0], target);
    }

    static EmbedOptions All() => new() { Cluster = true, Probability = true };

    static void Stop(CancellationTokenSource source, bool now)
    {
        if (now)
        {
            source.Cancel();
        }
    }

    string In(string name) => folder[name];

    static ImageStream Images() => ImageSource.Of(digits);

    byte[] Straight(string name, int threads)
    {
        using EncoderSession session = EncoderSession.Open(model, new() { Threads = threads });
        using ImageStream source = Images();
        Assert.Equal(new EmbedReport(300, 0, 0, 0, 0, null), EmbedJob.Run(session, source, In(name), All()));
        return File.ReadAllBytes(In(name));
    }

    string Folder(int count)
    {
        string images = Directory.CreateDirectory(In("images")).FullName;
        for (int i = 0; i < count; i++)
        {
            PngWriter.WriteGrey(Path.Combine(images, $"{i:d3}.png"), 28, 28, digits.Image(i));
        }
        return images;
    }

    sealed class Listener(Action<long> told) : IProgress<EmbedProgress>
    {
        public void Report(EmbedProgress value) => told(value.Done);
    }

    sealed class Collector(List<string> told) : IProgress<string>
    {
        public void Report(string value) => told.Add(value);
    }
}
