using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl embed MODEL --data - --out -</c> between the pipes of other programs.</summary>
public sealed class EmbedPipeTests : CommandTest
{
    const int Count = 150;

    readonly string model;

    public EmbedPipeTests()
    {
        var graph = new GraphBuilder("encoder");
        Value flat = graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        float[] weights = [.. Enumerable.Range(0, 5 * 784).Select(i => i % 101 / 50f - 1)];
        graph.Output("embedding", graph.Gemm(flat, graph.Initializer("weight", TensorData.Of(weights, 5, 784)),
            graph.Initializer("bias", TensorData.Of(new float[5], 5)), transB: true));
        graph.Build().Save(model = In("model.onnx"));
        ImageSet digits = StrokeDigits.Draw(Count, 2);
        for (int i = 0; i < Count; i++)
        {
            // Every third image is dark on light.
            byte[] pixels = [.. digits.Image(i).ToArray().Select(value => i % 3 == 0 ? (byte)(255 - value) : value)];
            PngWriter.WriteGrey(In($"images/{i:d3}.png"), 28, 28, pixels);
        }
    }

    [Fact]
    public void Embed_PathsWithBadOnes_GivesARowForEachInOrder()
    {
        File.WriteAllBytes(In("images/070.png"), [1, 2, 3]);
        string list = string.Join('\n', Enumerable.Range(0, Count).Select(i => $"images/{i:d3}.png").Append("images/missing.png"));
        File.WriteAllText(In("list"), list + "\n");
        (int status, string output, string error) = Pipe("cat list | {0} --quiet");
        Assert.True(status == 0, error);
        Assert.Equal("", error);
        JsonObject[] rows = Rows(output);
        Assert.Equal(list.Split('\n'), rows.Select(row => (string)row["name"]!));
        Assert.Equal("{\"name\":\"images/missing.png\",\"error\":\"'images/missing.png': expected a file, found none; it was listed, and "
            + "has vanished since.\"}", output.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal("'images/070.png': offset 0: expected a PNG, PGM (P5), JPEG, WebP, BMP or GIF image, found the bytes 010203; convert "
            + "it to PNG, .npy or IDX.", (string)rows[70]["error"]!);

        // A mixed source: each image is judged by itself there too.
        (status, _, error) = Pipe("grep -v missing list | {1} --skip-bad --quiet --out file.npy");
        Assert.True(status == 0, error);
        float[] whole = NpyFile.Read(In("file.npy")).ToArray<float>();
        Assert.Equal(whole, rows.Where(row => !row.ContainsKey("error")).SelectMany(row => row["embedding"]!.AsArray())
            .Select(value => (float)value!));
    }

    /// <summary>As Spark parts them: no row depends on the others, nor on the number of threads.</summary>
    [Fact]
    public void Embed_Partitions_GiveTheRowsOfTheWhole()
    {
        (int status, string whole, string error) = Pipe("ls images/*.png | {0} --quiet --threads 4");
        Assert.True(status == 0, error);
        (status, string parts, error) = Pipe("for part in images/0[0-4]*.png images/0[5-9]*.png images/1*.png; do echo $part; done "
            + "| sort | split -l 37 --filter='{0} --quiet --threads 1'");
        Assert.True(status == 0, error);
        Assert.Equal(Count, Rows(whole).Length);
        Assert.Equal(whole, parts);
        (status, string tar, error) = Pipe("ls images/*.png | tar -c -T - | {0} --quiet");
        Assert.True(status == 0, error);
        Assert.Equal(whole, tar);
        (status, string parted, error) = Pipe("find images -name '*.png' -print0 | sort -z | {0} --quiet");
        Assert.True(status == 0, error);
        Assert.Equal(whole, parted);
    }

    [Fact]
    public void Embed_EmptyPartition_GivesNoRows()
    {
        Assert.Equal((0, "", ""), Pipe("{0} --quiet < /dev/null"));
        (int status, string output, string error) = Pipe("ls images/00*.png | {0}");
        Assert.Equal((0, 10), (status, Rows(output).Length));
        Assert.EndsWith("10 rows, and 0 rows with an error\n", error, StringComparison.Ordinal);
    }

    /// <summary>Programs of a script that share one file write one behind the other.</summary>
    [Fact]
    public void Embed_TwiceIntoOneFile_GivesTheRowsOfBoth()
    {
        (int status, string output, string error) =
            Pipe("for i in 0 1; do ls images/00$i.png | {0} --quiet; done > rows; cat rows");
        Assert.True(status == 0, error);
        Assert.Equal(["images/000.png", "images/001.png"], Rows(output).Select(row => (string)row["name"]!));
    }

    [Fact]
    public void Embed_TruncatedArchive_EndsWith3()
    {
        (int status, _, string error) =
            Pipe("ls images/*.png | tar -c -T - > all.tar; head -c $(($(stat -c %s all.tar) / 2)) all.tar | {0} --quiet");
        Assert.Equal(3, status);
        Assert.StartsWith("uvl: '-': expected a whole tar archive, found otherwise behind 'images/", error, StringComparison.Ordinal);
    }

    /// <summary>Endless input, and a reader that has seen enough.</summary>
    [Fact]
    public void Embed_ReaderThatGoes_EndsWith75()
    {
        (int status, string output, string error) =
            Pipe("yes images/001.png | {0} --quiet 2> err | head -n 100; echo ${{PIPESTATUS[1]}} $(cat err)");
        Assert.True(status == 0, error);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(101, lines.Length);
        Assert.Equal("75 uvl: standard output: expected a reader until the last row, found none (Broken pipe). The output was not changed. "
            + "Fix the cause and rerun the same command.", lines[^1]);
    }

    [Theory]
    [InlineData("--json: expected no --json with --out -, whose standard output has the rows; leave it out.", "--out", "-", "--json")]
    [InlineData("--out -: expected neither --shard nor --merge, which need a file.", "--out", "-", "--shard", "0/2")]
    [InlineData("--format: expected with --out -, found --out 'x.npy', whose extension selects the format.", "--out", "x.npy", "--format",
        "arrow")]
    public void Embed_Mistakes_AreNamed(string message, params string[] words)
    {
        (int status, string output, string error) = Run(["embed", model, "--data", "strokes:9", .. words]);
        Assert.Equal((2, "", $"uvl: {message}\n"), (status, output, error));
    }

    static JsonObject[] Rows(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    // {0} is the worker, {1} the same command without --out.
    (int Status, string Output, string Error) Pipe(string script)
    {
        string embed = $"dotnet {Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll")} embed {model} --data -";
        CommandResult result = SystemProgram.Bash($"cd {Folder}; {string.Format(null, script, $"{embed} --out -", embed)}");
        return (result.Status, result.Output, result.Error);
    }
}
