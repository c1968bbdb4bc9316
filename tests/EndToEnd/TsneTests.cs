using Toolchain.Cli.Commands;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>What <c>uvl tsne</c> says of embeddings that make no map.</summary>
public sealed class TsneTests : CommandTest
{
    const int count = 100;

    static (int Status, string Error) Tsne(params string[] arguments)
    {
        var error = new StringWriter();
        int status = UvlCommand.Create().Run(["tsne", .. arguments, "--quiet", "--iterations", "5"], TextWriter.Null, error);
        return (status, error.ToString());
    }

    [Theory]
    [InlineData("e.csv")]
    [InlineData("e.png")]
    public void Tsne_LabelsOfOtherRows_EndsWith3(string output)
    {
        Write(new float[2 * count]);
        NpyFile.Write(In("e.labels.npy"), TensorEntry.Of<byte>(new byte[7], 7));
        Assert.Equal((3, $"uvl: '{In("e.labels.npy")}': expected UInt8 [100], one for each row of '{In("e.npy")}', found UInt8 [7]; embed "
            + "the images again.\n"), Tsne(In("e.npy"), "--out", In(output)));
    }

    [Fact]
    public void Tsne_LabelsOfAnotherType_EndsWith3()
    {
        Write(new float[2 * count]);
        NpyFile.Write(In("e.labels.npy"), TensorEntry.Of<float>(new float[count], count));
        Assert.Equal((3, $"uvl: '{In("e.labels.npy")}': expected UInt8 [100], one for each row of '{In("e.npy")}', found Float32 [100]; "
            + "embed the images again.\n"), Tsne(In("e.npy"), "--out", In("e.csv")));
    }

    // By digits where they lie beside, else by clusters.
    [Theory]
    [InlineData("e.npy", true)]
    [InlineData("e.csv", true)]
    [InlineData("e.parquet", true)]
    [InlineData("e.npy", false)]
    [InlineData("e.csv", false)]
    [InlineData("e.parquet", false)]
    public void Tsne_TableOfEmbeddings_IsColouredByWhatLiesBeside(string file, bool hasLabels)
    {
        int[] digits = [.. Enumerable.Range(0, count).Select(i => i % 10)];
        long[] clusters = [.. Enumerable.Range(0, count).Select(i => i % 30L)];
        EmbeddingFile.Write(In(file), new([.. digits.Select(digit => $"{digit}, "
            + "x")], [.. Enumerable.Range(0, 2 * count).Select(i => i % 37f)], hasLabels ? digits : null, clusters));
        Assert.Equal((0, ""), Tsne(In(file), "--out", In("places.csv")));
        string[] lines = File.ReadAllLines(In("places.csv"));
        Assert.Equal(hasLabels ? "x,y,digit" : "x,y,cluster", lines[0]);
        Assert.Equal(Enumerable.Range(0, count).Select(i => hasLabels ? i % 10 : i % 30), lines.Skip(1)
            .Select(line => int.Parse(line.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal((0, ""), Tsne(In(file), "--out", In("map.png")));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(-1e37f, "-1E+37")]
    public void Tsne_NoNumber_EndsWith3AndItsPlace(float value, string found)
    {
        float[] values = new float[2 * count];
        values[7] = value;
        Write(values);
        Assert.Equal((3, $"uvl: '{In("e.npy")}': expected finite embeddings of at most 1e+15 in magnitude, found {found} in row 3; "
            + "embed the images again with a sound model.\n"), Tsne(In("e.npy"), "--out", In("e.csv")));
    }

    [Theory]
    [InlineData(0, 2, "expected float32 embeddings [N,D], found Float32 [0,2].")]
    [InlineData(3, 2, "expected at least 4 embeddings, found 3.")]
    [InlineData(100, 0, "expected float32 embeddings [N,D], found Float32 [100,0].")]
    public void Tsne_TooLittleForAMap_EndsWith3(int rows, int width, string message)
    {
        Write(new float[rows * width], rows, width);
        Assert.Equal((3, $"uvl: '{In("e.npy")}': {message}\n"), Tsne(In("e.npy"), "--out", In("e.csv")));
    }

    [Fact]
    public void Tsne_ModelThatGivesNoNumbers_EndsWith4()
    {
        var graph = new GraphBuilder("nan");
        Value flat = graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        graph.Output("embedding", graph.Apply("Sqrt", [graph.Sub(flat, graph.Scalar(2, flat))]));
        graph.Build().Save(In("model.onnx"));
        Assert.Equal((4, $"uvl: '{In("model.onnx")}': expected finite embeddings, found NaN in row 0; the model is broken or was trained "
            + $"to divergence.\n"), Tsne(In("model.onnx"), "--data", "strokes:700", "--out", In("e.csv")));
    }

    void Write(float[] values, int rows = count, int width = 2) => NpyFile.Write(In("e.npy"), TensorEntry.Of<float>(values, rows, width));
}
