using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Graph.Files;

namespace Toolchain.Inference.Tests;

public sealed partial class EmbedJobTests
{
    // Image 65 of a folder is corrupt and 70 vanishes after the folder was listed: 298 rows, each with its own name.
    [Fact]
    public void Run_BadImages_LeaveTheOthersWithTheirNames()
    {
        string images = Folder(80);
        File.WriteAllBytes(Path.Combine(images, "065.png"), [1, 2, 3]);
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = ImageSource.OpenStream(images, Split.All);
        File.Delete(Path.Combine(images, "070.png"));
        var told = new List<string>();
        EmbedReport report = EmbedJob.Run(session, source, In("bad.csv"), new() { SkipBad = true, Skipped = new Collector(told) });
        Assert.Equal((78, 2), (report.Count, report.SkippedCount));
        Assert.Equal([
            $"'{Path.Combine(images, "065.png")}': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found the bytes "
                + "010203; convert it to PNG, .npy or IDX.",
            $"'{Path.Combine(images, "070.png")}': expected a file, found none; it was listed, and has vanished since."], told);

        float[] expected = session.Run(digits).Values;
        foreach (string line in File.ReadLines(In("bad.csv")).Skip(1))
        {
            string[] cells = line.Split(',');
            int index = int.Parse(cells[0][..3]);
            Assert.Equal(expected[(5 * index)..(5 * index + 5)], cells[1..6].Select(float.Parse));
        }
    }

    [Fact]
    public void Run_BadImageNotToBeSkipped_NamesTheFirstInOrder()
    {
        string images = Folder(80);
        File.WriteAllBytes(Path.Combine(images, "065.png"), []);
        File.WriteAllBytes(Path.Combine(images, "003.png"), []);
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = ImageSource.OpenStream(images, Split.All);
        Assert.Equal($"'{Path.Combine(images, "003.png")}': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found an "
            + "empty file; name another.",
            Assert.Throws<InvalidDataException>(() => EmbedJob.Run(session, source, In("x.csv"))).Message);
        Assert.False(File.Exists(In("x.csv")));
    }

    // A pipe cannot be looked through first, and its first rows are written with labels.
    [Fact]
    public void Run_PipeWhoseLabelsEnd_SaysWhatToDo()
    {
        string row = string.Concat(Enumerable.Repeat(",9", 784)) + "\n";
        byte[] table = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"3{row}", 300)) + $"x{row}");
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = ImageSource.OpenStream("-", Split.All, new() { StandardInput = new MemoryStream(table) });
        Assert.Equal("'-': labels are left out: that of image 300 should be a digit 0..9 on a pipe, was 'x', and rows with labels were "
            + "written before; save the input to a file, whose labels are all looked at first, and name that.",
            Assert.Throws<InvalidDataException>(() => EmbedJob.Run(session, source, In("x.csv"), All())).Message);
        Assert.False(File.Exists(In("x.csv")));
    }

    // Several tasks read in turn; the one behind the damage must not speak first.
    [Fact]
    public void Run_TruncatedSource_AlwaysNamesTheSamePlace()
    {
        using EncoderSession session = EncoderSession.Open(model, new() { Threads = 4 });
        foreach (int _ in Enumerable.Range(0, 200))
        {
            byte[] cut = [0, 0, 8, 3, 0, 0, 1, 44, 0, 0, 0, 28, 0, 0, 0, 28, .. digits.Pixels.AsSpan(0, 1000)];
            using ImageStream source = ImageSource.OpenStream("-", Split.All, new() { StandardInput = new MemoryStream(cut) });
            Assert.Equal("'-': ends at offset 1016, expected 235200 bytes of pixels from offset 16, found 1000; the file is truncated, get "
                + "it again.",
                Assert.Throws<InvalidDataException>(() => EmbedJob.Run(session, source, In("x.npy"))).Message);
        }
    }

    [Fact]
    public void Run_OnlyBadImages_IsAnError()
    {
        string images = Folder(1);
        File.WriteAllBytes(Path.Combine(images, "000.png"), []);
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = ImageSource.OpenStream(images, Split.All);
        Assert.Equal($"'{images}': expected images (.png .pgm .jpg .jpeg .webp .bmp .gif), found 1 that cannot be read; name another "
            + "source.",
            Assert.Throws<InvalidDataException>(() => EmbedJob.Run(session, source, In("x.csv"), new() { SkipBad = true })).Message);
    }

    [Fact]
    public void Run_OutputThatTheModelLacks_SaysHowToHaveIt()
    {
        Models.Encoder().Build().Save(In("plain.onnx"));
        using EncoderSession session = EncoderSession.Open(In("plain.onnx"));
        using ImageStream source = Images();
        Assert.Equal($"'{In("plain.onnx")}': expected an output 'cluster', found none; fuse clusters onto the encoder with 'uvl cluster'.",
            Assert.Throws<InvalidModelException>(() => EmbedJob.Run(session, source, In("x.csv"), new() { Cluster = true })).Message);
    }

    // What the other run made so far stays.
    [Fact]
    public void Run_FileThatAnotherRunWrites_IsRefusedAndStays()
    {
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = Images();
        using (FileStream other = new(In(".x.npy.tmp"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            other.Write([1, 2, 3]);
            Assert.Equal($"'{In("x.npy")}': another process writes this file now; wait until it ends, or name another file.",
                Assert.Throws<FileInUseException>(() => EmbedJob.Run(session, source, In("x.npy"))).Message);
        }
        Assert.Equal([1, 2, 3], File.ReadAllBytes(In(".x.npy.tmp")));
    }

    // Reading a pipe would wait for ever.
    [Theory]
    [InlineData(".x.npy.tmp")]
    [InlineData("x.npy.partial")]
    public void Run_PipeInThePlaceOfItsFiles_IsRefused(string pipe)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "named pipes are made with mkfifo");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [In(pipe)]))
        {
            made.WaitForExit();
        }
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = Images();
        Assert.Equal($"'{In(pipe)}': expected a regular file or none, found a pipe or a device; remove it.",
            Assert.Throws<FileInUseException>(() => EmbedJob.Run(session, source, In("x.npy"))).Message);
    }

    [Fact]
    public void RunShard_MoreShardsThanBatches_SaysHowMany()
    {
        using EncoderSession session = EncoderSession.Open(model);
        using ImageStream source = Images();
        Assert.Equal("--shard '0/6': expected i/n with i in [0..n) and n at most 5, the batches of 64 that 300 images make.",
            Assert.Throws<ArgumentException>(() => EmbedJob.RunShard(session, source, In("x.npy"), new(0, 6))).Message);
    }

    [Fact]
    public void Merge_MissingDamagedOrForeignShard_IsNamed()
    {
        using EncoderSession session = EncoderSession.Open(model);
        Assert.Equal($"'{In("m.npy")}': expected shards 'm.npy.shard-0-of-N' and so on beside it, found none; make them with --shard.",
            Assert.Throws<FileNotFoundException>(() => ShardMerge.Run(In("m.npy"))).Message);
        Shard(0, 3);
        Shard(2, 3);
        Assert.Equal($"'{In("m.npy")}': expected all 3 shards, found 2; missing are 1: make them with --shard i/3.",
            Assert.Throws<InvalidDataException>(() => ShardMerge.Run(In("m.npy"))).Message);
        Shard(1, 3);
        byte[] rows = File.ReadAllBytes(In("m.npy.shard-1-of-3"));
        rows[^1] ^= 1;
        File.WriteAllBytes(In("m.npy.shard-1-of-3"), rows);
        Assert.StartsWith($"'{In("m.npy.shard-1-of-3")}': expected SHA-256 ",
            Assert.Throws<InvalidDataException>(() => ShardMerge.Run(In("m.npy"))).Message);
        Shard(1, 3, skipBad: true);
        Assert.StartsWith($"'{In("m.npy.shard-1-of-3.json")}': expected a shard of the job of 'm.npy.shard-0-of-3'",
            Assert.Throws<InvalidDataException>(() => ShardMerge.Run(In("m.npy"))).Message);
        Assert.False(File.Exists(In("m.npy")));

        void Shard(int index, int count, bool skipBad = false)
        {
            using ImageStream source = Images();
            EmbedJob.RunShard(session, source, In("m.npy"), new(index, count), new() { SkipBad = skipBad });
        }
    }
}
