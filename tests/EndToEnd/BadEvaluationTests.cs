using System.Text.Json;
using Toolchain.Cli.Commands;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>What <c>uvl evaluate</c> says of models and data that are not as it would like.</summary>
public sealed class BadEvaluationTests : CommandTest
{
    [Theory]
    [InlineData("nan", "strokes:140", 4, "expected finite embeddings, found NaN in row 0; the model is broken or was trained to "
        + "divergence.")]
    [InlineData("other", "strokes:140", 4, "expected one input 'image'")]
    [InlineData("flat", "five.npy", 3, "'five.npy': expected at least 10 training images to make 10 clusters of, found 5; give more "
        + "images, or a smaller --k.")]
    [InlineData("missing", "strokes:140", 3, "no such file; expected a model.onnx")]
    public void Evaluate_WhatCannotBe_IsOneClearLine(string model, string data, int status, string part)
    {
        (int found, string error) = Run(model, data);
        Assert.Equal(status, found);
        Assert.Contains(part, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>The last of several models is looked at before the first is scored.</summary>
    [Fact]
    public void Evaluate_SecondModelMissing_EndsBeforeTheFirstIsScored()
    {
        Make("flat");
        var error = new StringWriter();
        Assert.Equal(3, UvlCommand.Create().Run(["evaluate", In("flat.onnx"), In("none.onnx"), "--data", "strokes:140", "--out",
            In("report")], TextWriter.Null, error));
        Assert.DoesNotContain("clustering and scoring", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_BesideAManifest_TakesItsTimeOrRefusesAnotherModels()
    {
        Assert.Equal(0, Run("flat", "strokes:140").Status);
        Assert.Equal(JsonValueKind.Null, Rows()[0].GetProperty("train_seconds").ValueKind);
        string digest = Rows()[0].GetProperty("model_sha256").GetString()!;
        File.WriteAllText(In("manifest.json"), $$"""{ "model_sha256": "{{digest}}", "flat_sha256": "{{digest}}", "train_seconds": 2.5 }""");
        Assert.Equal(0, Run("flat", "strokes:140").Status);
        Assert.Equal(2.5, Rows()[0].GetProperty("train_seconds").GetDouble());
        File.WriteAllText(In("manifest.json"), $$"""{ "flat_sha256": "{{new string('0', 64)}}", "train_seconds": 2.5 }""");
        (int status, string error) = Run("flat", "strokes:140");
        Assert.Equal(4, status);
        Assert.Contains($"expected the SHA-256 {new string('0', 64)} that manifest.json beside it has, found {digest}", error,
            StringComparison.Ordinal);

        JsonElement[] Rows() =>
            [.. JsonDocument.Parse(File.ReadAllText(In("report/metrics.json"))).RootElement.GetProperty("rows").EnumerateArray()];
    }

    [Theory]
    [InlineData("images")]
    [InlineData("bare.npy")]
    public void Evaluate_WithoutLabels_GivesTheFiguresThatNeedNone(string data)
    {
        (int found, string error) = Run("flat", data);
        Assert.True(found == 0, error);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "report", "metrics.json")));
        Assert.False(metrics.RootElement.GetProperty("dataset").GetProperty("labelled").GetBoolean());
        Assert.All(metrics.RootElement.GetProperty("rows").EnumerateArray(), row =>
            Assert.Equal((JsonValueKind.Null, 40),
            (row.GetProperty("accuracy").ValueKind, row.GetProperty("sizes").EnumerateArray().Sum(size => size.GetInt32()))));
        Assert.Contains("The images have no labels", File.ReadAllText(Path.Combine(Folder, "report", "report.md")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_TwoFoldersWithAModelOfNoMethod_AreCalledByTheirFolders()
    {
        Make("flat");
        foreach (string name in new[] { "one", "two" })
        {
            File.Copy(In("flat.onnx"), Path.Combine(Directory.CreateDirectory(In(name)).FullName, "model.onnx"));
        }
        Assert.Equal(0, UvlCommand.Create().Run(["evaluate", In("one"), In("two"), "--quiet", "--data", "strokes:140", "--tsne", "0",
            "--out", In("report")], TextWriter.Null, TextWriter.Null));
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(In("report/metrics.json")));
        Assert.Equal(["one", "two", "raw pixels"], metrics.RootElement.GetProperty("rows").EnumerateArray()
            .Select(row => row.GetProperty("method").GetString()).Distinct());
    }

    (int Status, string Error) Run(string model, string data)
    {
        Make(model);
        byte[] pixels = StrokeDigits.Draw(40, 3).Pixels;
        Npy("bare.npy", pixels);
        Npy("five.npy", pixels[..(5 * ImageShape.Mnist.Size)]);
        for (int i = 0; i < 40; i++)
        {
            PngWriter.WriteGrey(Path.Combine(Folder, "images", $"{i:00}.png"), 28, 28,
                pixels.AsSpan(i * ImageShape.Mnist.Size, ImageShape.Mnist.Size));
        }
        string given = Path.Combine(Folder, data);
        var error = new StringWriter();
        int status = UvlCommand.Create()
            .Run(["evaluate", Path.Combine(Folder, $"{model}.onnx"), "--quiet", "--data", Path.Exists(given) ? given : data, "--tsne", "0",
            "--out", Path.Combine(Folder, "report")], TextWriter.Null, error);
        return (status, error.ToString());
    }

    // flat: the mean of each of four columns as embedding; nan: its square root after taking 2 away; other: the same from an input of
    // another name.
    void Make(string model)
    {
        if (model == "missing")
        {
            return;
        }
        var graph = new GraphBuilder(model);
        Value image = graph.Input(model == "other" ? "x" : "image", ElementType.Float32, new Shape("N", 1, 28, 28));
        Value columns = graph.Reduce("ReduceMean", graph.Reshape(image, -1, 7, 28, 4), [1, 2]); // [N,4]
        graph.Output("embedding", model == "nan" ? graph.Apply("Sqrt", [graph.Sub(columns, graph.Scalar(2, columns))]) : columns,
            new Shape("N", 4));
        graph.Build().Save(Path.Combine(Folder, $"{model}.onnx"));
    }

    void Npy(string name, byte[] pixels) =>
        NpyFile.Write(Path.Combine(Folder, name),
        new TensorEntry(TensorKind.UInt8, [pixels.Length / ImageShape.Mnist.Size, 28, 28], pixels));
}
