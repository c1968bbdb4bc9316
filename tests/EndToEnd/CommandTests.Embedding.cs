using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

public sealed partial class CommandTests
{
    [Fact]
    public void Tsne_OfAModelAndOfItsFile_DrawsTheSameMap()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:700", "--split", "test", "--out", In("e.npy")).Status);
        (int status, string output, string error) = Run("tsne", model, "--quiet", "--data", "strokes:700", "--iterations", "20", "--out",
            In("a.csv"));
        Assert.True(status == 0, error);
        Assert.Matches("^100 points in .*a.csv; divergence [0-9.]+ nats, trustworthiness 0.[0-9]+, [0-9.]+ % of the 10 nearest neighbours "
            + "preserved\n$",
            output);
        Assert.Equal(0, Run("tsne", In("e.npy"), "--quiet", "--iterations", "20", "--threads", "1", "--out", In("b.csv")).Status);
        Assert.Equal(File.ReadAllText(In("a.csv")), File.ReadAllText(In("b.csv")));
        Assert.Equal("x,y,digit", File.ReadLines(In("a.csv")).First());
        Assert.Equal(0, Run("tsne", In("e.npy"), "--quiet", "--iterations", "5", "--out", In("m.png")).Status);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(In("m.png"))[..4]);
        Fails(2, $"--layer 'identity': expected a model with that output, found the embeddings '{In("e.npy")}'; name a model.onnx or leave "
            + $"out --layer.", "tsne", In("e.npy"), "--layer", "identity", "--out", In("n.png"));
        Fails(2, "--out 'm.gif': expected one of .png, .svg, .npy, .csv.", "tsne", In("e.npy"), "--out", "m.gif");
    }

    /// <summary>New clusters on a model that has some take their place, with their names; the map of the old ones goes.</summary>
    [Fact]
    public void Cluster_OntoClusters_ReplacesThemAndTheirMap()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        Assert.Equal(0, Run("cluster", model, "--quiet", "--data", "strokes:200", "--map", "--out", In("ten.onnx")).Status);
        (int status, _, string error) = Run("cluster", In("ten.onnx"), "--quiet", "--data", "strokes:200", "--k", "3", "--out",
            In("three.onnx"));
        Assert.True(status == 0, error);
        Assert.Equal(0, Run("cluster", model, "--quiet", "--data", "strokes:200", "--k", "3", "--out", In("straight.onnx")).Status);
        Assert.Equal(2, Run("cluster", model, "--quiet", "--data", "strokes:200", "--out", model).Status); // not over what it reads
        foreach (string[] ofAFit in new[] { ["--k", "3"], ["--method", "gmm"], new[] { "--map" } })
        {
            Fails(2, $"{ofAFit[0]}: expected with a fit (--out FUSED.onnx), found the table 'x.csv'", ["cluster", In("ten.onnx"), .. ofAFit,
                "--data", "strokes:200", "--out", "x.csv"]);
        }
        Assert.Equal(2, Run("probe", model, "--quiet", "--data", "strokes:200", "--out", model).Status);
        Assert.True(OnnxFile.Load(In("ten.onnx")).Metadata.ContainsKey("uvl.cluster_digits"));
        Assert.Equal(File.ReadAllBytes(In("straight.onnx")), File.ReadAllBytes(In("three.onnx")));
        Assert.Equal(0, Run("cluster", In("ten.onnx"), "--quiet", "--data", "strokes:200", "--out", In("ten.csv")).Status);
        Assert.Equal("name,label,cluster,digit", File.ReadLines(In("ten.csv")).First());
        Assert.Equal(10, File.ReadLines(In("ten.csv")).Skip(1).Select(line => line.Split(',')[2..]).DistinctBy(pair => pair[0])
            .Select(pair => pair[1]).Distinct().Count());
    }

    // Ten clusters of one image a hundred times are one, and nine that are empty; a map of it keeps no neighbours.
    [Fact]
    public void ClusterAndTsne_HundredCopiesOfOneImage_SayThatFiguresMeanNothing()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        byte[] digit = StrokeDigits.Draw(1, 3).Pixels;
        NpyFile.Write(In("same.npy"), TensorEntry.Of<byte>([.. Enumerable.Repeat(digit, 100).SelectMany(pixels => pixels)], 100, 28, 28));
        (int status, string output, string error) = Run("cluster", model, "--quiet", "--data", In("same.npy"), "--k", "10", "--out",
            In("ten.onnx"));
        Assert.True(status == 0, error);
        Assert.Contains("all 100 images looked at are the same: clusters and neighbours of them mean nothing", error,
            StringComparison.Ordinal);
        Assert.Contains("9 of 10 clusters are empty: the 100 images have fewer different embeddings; ask for a smaller --k", error,
            StringComparison.Ordinal);
        (status, output, error) = Run("tsne", model, "--quiet", "--data", In("same.npy"), "--iterations", "5", "--out", In("m.csv"));
        Assert.True(status == 0, error);
        Assert.Contains("distinct embeddings: 1, so neighbourhoods are not meaningful", output, StringComparison.Ordinal);
        Assert.DoesNotContain("trustworthiness", output, StringComparison.Ordinal);
        NpyFile.Write(In("black.npy"), TensorEntry.Of<byte>(new byte[100 * 784], 100, 28, 28));
        (_, _, error) = Run("embed", model, "--quiet", "--data", In("black.npy"), "--out", In("x.npy"));
        Assert.Contains("all 100 images looked at are blank: no figure about them means anything", error, StringComparison.Ordinal);
    }

    // Nothing is left that could not be gone on with.
    [Fact]
    public void Embed_DamagedSource_LeavesNothing()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        File.WriteAllBytes(In("cut.idx"), [0, 0, 8, 3, 0, 0, 2, 0, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[300 * 784]]);
        Fails(3, "the file is truncated, get it again.", "embed", model, "--quiet", "--data", In("cut.idx"), "--out", In("out/x.npy"));
        Assert.Empty(Directory.GetFiles(In("out")));
    }

    [Theory]
    [InlineData("embed", "x.npy")]
    [InlineData("cluster", "x.onnx")]
    public void EmbedAndCluster_ModelThatGivesNoNumbers_EndWith4AndTheRow(string verb, string output)
    {
        var graph = new GraphBuilder("nan");
        Graph.Value flat = graph.Flatten(graph.Input("image", Graph.ElementType.Float32, new Graph.Shape("N", 1, 28, 28)));
        graph.Output("embedding", graph.Apply("Sqrt", [graph.Sub(flat, graph.Scalar(0.5f, flat))]));
        graph.Build().Save(In("nan.onnx"));
        Fails(4, "expected finite embeddings, found NaN in row 0; the model is broken or was trained to divergence.", verb, In("nan.onnx"),
            "--data", "strokes:70", "--out", In(output));
        Assert.False(File.Exists(In(output)));
    }

    [Fact]
    public void Embed_ShardsMerged_AreTheBytesOfTheWhole()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        foreach (string threads in new[] { "1", "3" })
        {
            Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:300", "--threads", threads, "--out",
                In($"{threads}.parquet")).Status);
        }
        Assert.All(Enumerable.Range(0, 3), i =>
            Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:300", "--shard", $"{i}/3", "--out", In("s.parquet")).Status));
        (int status, string output, _) = Run("embed", "--merge", "--out", In("s.parquet"));
        Assert.Equal((0, $"300 rows of 3 shards in {In("s.parquet")}\n"), (status, output));
        Assert.Equal(File.ReadAllBytes(In("1.parquet")), File.ReadAllBytes(In("3.parquet")));
        Assert.Equal(File.ReadAllBytes(In("1.parquet")), File.ReadAllBytes(In("s.parquet")));
    }

    // Dark digits on white, enlarged, one corrupt, one with a comma in its name: fitted, counted, named, and every row beside its own name.
    // The same digits dark on light, and with rows for columns: the same embeddings once that is known, and it is said.
    [Fact]
    public void Embed_DarkOrTransposedArray_GivesTheSameRows()
    {
        byte[] pixels = StrokeDigits.Draw(70, 3).Pixels, swapped = new byte[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            swapped[i / 784 * 784 + i % 28 * 28 + i % 784 / 28] = pixels[i];
        }
        NpyFile.Write(In("light.npy"), TensorEntry.Of<byte>(pixels, 70, 28, 28));
        NpyFile.Write(In("dark.npy"), TensorEntry.Of<byte>(Array.ConvertAll(pixels, pixel => (byte)(255 - pixel)), 70, 28, 28));
        NpyFile.Write(In("swapped.npy"), TensorEntry.Of<byte>(swapped, 70, 28, 28));
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        byte[] Embedded(string name, params string[] options)
        {
            (int status, string output, string error) =
                Run(["embed", model, "--quiet", "--json", "--data", In(name), "--out", In("x.npy"), .. options]);
            Assert.True(status == 0, error);
            Assert.Contains(name == "dark.npy" && options.Length == 0 ? "\"polarity\":\"dark\"" : "\"polarity\":\"light\"", output,
                StringComparison.Ordinal);
            return File.ReadAllBytes(In("x.npy"));
        }
        byte[] expected = Embedded("light.npy");
        Assert.Equal(expected, Embedded("dark.npy"));
        Assert.NotEqual(expected, Embedded("dark.npy", "--polarity", "light"));
        Assert.Equal(expected, Embedded("swapped.npy", "--transpose"));
        Assert.NotEqual(expected, Embedded("swapped.npy"));
    }

    [Fact]
    public void Embed_FolderOfUnlikeImages_SaysWhatItDid()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16"), images = Directory.CreateDirectory(In("images")).FullName;
        byte[] digit = StrokeDigits.Draw(1, 3).Pixels;
        byte[] large = [.. Enumerable.Range(0, 56 * 56).Select(i => (byte)(255 - digit[i / 112 * 28 + i % 56 / 2]))];
        PngWriter.WriteGrey(Path.Combine(images, "a, b.png"), 28, 28, digit);
        File.WriteAllBytes(Path.Combine(images, "bad.png"), [1]);
        PngWriter.WriteGrey(Path.Combine(images, "c.png"), 56, 56, large);
        Fails(3, "bad.png': offset 0: expected a PNG", "embed", model, "--quiet", "--data", images, "--out", In("x.csv"));
        Fails(3, "c.png': expected 28 x 28 pixels, found 56 x 56; leave out --fit none to have images fitted.", "embed", model, "--quiet",
            "--data", Path.Combine(images, "c.png"), "--fit", "none", "--out", In("x.csv"));
        (int status, string output, string error) = Run("embed", model, "--quiet", "--data", images, "--skip-bad", "--out", In("x.csv"));
        Assert.Equal(0, status);
        Assert.Matches("^2 rows in .*x.csv, .* images/s; 1 skipped because they cannot be read, 1 fitted to 28 x 28, 1 dark on light and "
            + "inverted\n$", output);
        Assert.StartsWith("polarity: 1 of 2 images looked at are dark on light; each image is judged by itself", error,
            StringComparison.Ordinal);
        Assert.Contains($"\nskipped: '{Path.Combine(images, "bad.png")}': offset 0: ", error, StringComparison.Ordinal);
        Assert.Equal(["name", "\"a", "c.png"], File.ReadLines(In("x.csv")).Select(line => line.Split(',')[0]));
    }
}
