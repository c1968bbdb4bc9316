using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>Embedding as a process among others: killed, on a full disk, behind and before pipes.</summary>
public sealed class EmbedProcessTests : CommandTest
{
    readonly string model;

    public EmbedProcessTests()
    {
        var graph = new GraphBuilder("encoder");
        Value flat = graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        float[] weights = [.. Enumerable.Range(0, 64 * 784).Select(i => i % 101 / 50f - 1)];
        graph.Output("embedding", graph.Gemm(flat, graph.Initializer("weight", TensorData.Of(weights, 64, 784)),
            graph.Initializer("bias", TensorData.Of(new float[64], 64)), transB: true));
        graph.Build().Save(model = In("model.onnx"));
    }

    // Where MNIST cannot be had, images are asked for; 70,000 drawn digits are nobody's.
    [Theory]
    [InlineData("embed")]
    [InlineData("cluster")]
    [InlineData("probe")]
    [InlineData("tsne")]
    [InlineData("calibrate")]
    public void Apply_WithoutDataAndNetwork_AsksForIt(string verb)
    {
        var offline = new Dictionary<string, string>
        {
            ["UVL_DATA_DIR"] = Folder,
            ["XDG_CACHE_HOME"] = Folder,
            ["HTTPS_PROXY"] = "http://127.0.0.1:9"
        };
        string output = In(verb is "embed" or "tsne" ? "x.npy" : "x.onnx");
        using Uvl uvl = Uvl.StartWith(offline, verb, model, "--out", output);
        (int status, _, string error) = uvl.Wait();
        Assert.Equal(2, status);
        Assert.Contains("uvl: --data: expected the images, found none, and the default cannot be had: MNIST: ", error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    // Killed three times at whatever point it is, and each time somewhere else.
    [Theory]
    [InlineData("npy")]
    [InlineData("parquet")]
    public void Embed_Killed_GoesOnToTheSameBytes(string format)
    {
        string[] embed = ["embed", model, "--quiet", "--data", "strokes:30000", "--out"];
        Assert.Equal(0, Uvl.Run([.. embed, In($"straight.{format}")]).Status);
        for (int kill = 1; kill <= 3; kill++)
        {
            using Uvl uvl = Uvl.Start([.. embed, In($"killed.{format}")]);
            uvl.WaitForBytes(In($"killed.{format}.partial"), kill * 1_000_000);
            uvl.Signal("KILL");
            uvl.Wait();
            Assert.False(File.Exists(In($"killed.{format}")));
        }
        (int status, string output, string error) = Uvl.Run([.. embed, In($"killed.{format}")]);
        Assert.True(status == 0, error);
        Assert.Contains("done by an earlier run", output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(In($"straight.{format}")), File.ReadAllBytes(In($"killed.{format}")));
        Assert.Empty(Directory.GetFiles(Folder, "*.partial"));
        Assert.Empty(Directory.GetFiles(Folder, ".*"));
    }

    [Fact]
    public void Embed_Interrupted_EndsWith75AndSaysHowToGoOn()
    {
        // So many that no machine is done before it hears the signal.
        using Uvl uvl = Uvl.Start("embed", model, "--quiet", "--data", "strokes:1000000", "--out", In("x.npy"));
        uvl.WaitForBytes(In("x.npy.partial"), 1_000_000);
        uvl.Signal("INT");
        (int status, _, string error) = uvl.Wait();
        Assert.Equal(75, status);
        Assert.Matches(@"^uvl: stopped after \d+ images; the same command goes on from there\n$", error);
    }

    // A disk of one megabyte in a name space of its own; then it is made larger, and the run goes on.
    [Fact]
    public void Embed_FullDisk_EndsWith75LeavesNoFileAndGoesOn()
    {
        Assert.SkipUnless(SystemProgram.Bash("unshare -rm true").Status == 0, "this system lets nobody mount a small disk");
        string disk = Directory.CreateDirectory(In("disk")).FullName, embed = $"{Command} embed {model} --quiet --data strokes:20000 --out";
        (int status, _, string error) = SystemProgram.Bash($"""
            unshare -rm bash -c '
            mount -t tmpfs -o size=1m none {disk}
            {embed} {disk}/x.npy; echo "ended with $?" >&2
            ls -A {disk} >&2
            mount -o remount,size=50m {disk}
            {embed} {disk}/x.npy && {embed} {In("y.npy")} && cmp {disk}/x.npy {In("y.npy")}'
            """);
        Assert.True(status == 0, error);
        Assert.Matches("^uvl: No space left on device .*. The output was not changed. Fix the cause and rerun the same "
            + "command.\nended with 75\nx.npy.partial\n$", error);
    }

    /// <summary>A pipe is read once, and has no parts: its images are both those that are clustered and those that are shown.</summary>
    [Fact]
    public void Evaluate_Pipe_IsReadOnce()
    {
        NpyFile.Write(In("images.npy"), TensorEntry.Of<byte>(StrokeDigits.Draw(100, 1).Pixels, 100, 28, 28));
        (int status, _, string error) =
            SystemProgram.Bash($"cat {In("images.npy")} | {Command} evaluate {model} --quiet --data - --tsne 0 --out {In("report")}");
        Assert.True(status == 0, error);
        Assert.Contains("The images have no labels", File.ReadAllText(In("report/report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Embed_ReaderThatCloses_StillWritesTheFile()
    {
        int status = SystemProgram.Bash($"set -o pipefail; {Command} embed {model} --quiet --json --data strokes:100 "
            + $"--out {In("x.npy")} | true").Status;
        Assert.Equal(0, status);
        Assert.True(File.Exists(In("x.npy")));
    }

    [Fact]
    public void Embed_WriterThatClosesEarly_EndsWith3()
    {
        File.WriteAllBytes(In("images.idx"), [0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 0, 28, 0, 0, 0, 28, .. StrokeDigits.Draw(100, 1).Pixels]);
        (int status, _, string error) =
            SystemProgram.Bash($"head -c 40000 {In("images.idx")} | {Command} embed {model} --quiet --data - --out {In("x.npy")}");
        Assert.Equal(3, status);
        Assert.Equal("uvl: '-': ends at offset 40000, expected 78400 bytes of pixels from offset 16, found 39984; the file is truncated, "
            + "get it again.\n", error);
        Assert.False(File.Exists(In("x.npy")));
    }

    // What a shell puts in place of <(command): a file that can be read once, forwards.
    [Fact]
    public void Embed_FilesThatCannotSeek_GiveTheSameVectors()
    {
        ImageSet digits = StrokeDigits.Draw(100, 1);
        NpyFile.Write(In("images.npy"), TensorEntry.Of<byte>(digits.Pixels, 100, 28, 28));
        File.WriteAllBytes(In("images.idx"), [0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 0, 28, 0, 0, 0, 28, .. digits.Pixels]);
        File.WriteAllBytes(In("labels.idx"), [0, 0, 8, 1, 0, 0, 0, 100, .. digits.Labels!.Select(label => (byte)label)]);
        (int status, _, string error) = SystemProgram.Bash($"""
            set -e
            embed="{Command} embed {model} --quiet --data"
            $embed {In("images.npy")} --out {In("straight.npy")}
            $embed <(cat {In("images.npy")}) --out {In("npy.npy")}
            $embed <(gzip -c {In("images.idx")}) --out {In("gzip.npy")}
            $embed <(cat {In("images.idx")}),<(gzip -c {In("labels.idx")}) --out {In("pair.npy")}
            cat {In("images.npy")} | $embed /dev/stdin --out {In("stdin.npy")}
            """);
        Assert.True(status == 0, error);
        Assert.All(["npy", "gzip", "pair", "stdin"], name =>
            Assert.Equal(File.ReadAllBytes(In("straight.npy")), File.ReadAllBytes(In($"{name}.npy"))));
        Assert.Equal(digits.Labels!.Select(label => (byte)label), NpyFile.Read(In("pair.labels.npy")).ToArray<byte>());
        (status, _, error) = SystemProgram.Bash($"{Command} embed {model} --quiet --data <(head -c 40000 {In("images.idx")}) "
            + $"--out {In("x.npy")}");
        Assert.Equal(3, status);
        Assert.Matches("^uvl: '/dev/fd/[0-9]+': ends at offset 40000, expected 78400 bytes of pixels from offset 16, found 39984; the file "
            + "is truncated, get it again.\n$", error);
    }

    // What find and tar write, and folders whose files were made in another order, give the same vectors.
    [Fact]
    public void Embed_FolderTarAndPaths_GiveTheSameVectors()
    {
        ImageSet digits = StrokeDigits.Draw(150, 2);
        foreach (int i in Enumerable.Range(0, 150).Reverse())
        {
            PngWriter.WriteGrey(In($"images/{i % 7}x/{i:d3}.png"), 28, 28, digits.Image(i));
        }
        Assert.Equal(0, Uvl.Run("embed", model, "--quiet", "--data", In("images"), "--out", In("folder.npy")).Status);
        string list = $"find . -name '*.png' -print0 | LC_ALL=C sort -z";
        (int status, _, string error) =
            SystemProgram.Bash($"cd {In("images")}; {list} | {Command} embed {model} --quiet --data - --out {In("paths.npy")}; {list} "
            + $"| tar -c --null -T - | {Command} embed {model} --quiet --data - --out {In("tar.npy")}");
        Assert.True(status == 0, error);
        Assert.Equal(File.ReadAllBytes(In("folder.npy")), File.ReadAllBytes(In("paths.npy")));
        Assert.Equal(File.ReadAllBytes(In("folder.npy")), File.ReadAllBytes(In("tar.npy")));
        Assert.Equal(File.ReadAllLines(In("folder.names.txt")), File.ReadAllLines(In("tar.names.txt")).Select(name => name[2..]));
    }

    static string Command => $"dotnet {Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll")}";
}
