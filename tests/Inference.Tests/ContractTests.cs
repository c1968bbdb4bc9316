using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.Inference.Tests;

/// <summary>What is no model of the contract is refused by one line that says what was expected and found.</summary>
public sealed class ContractTests : IDisposable
{
    const string remedy = "; export the encoder with 'uvl export' or rename its inputs and outputs.";

    readonly TemporaryFolder folder = new();

    string path => folder["model.onnx"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_OtherInputName() => Refused(Models.Encoder(input: "x"), "expected one input 'image', found the inputs 'x'");

    [Fact]
    public void Open_TwoInputs()
    {
        GraphBuilder graph = Models.Encoder();
        graph.Output("other", graph.Input("mask", ElementType.Float32, new Shape("N", 1)));
        Refused(graph, "expected one input 'image', found the inputs 'image', 'mask'");
    }

    const string image = "expected 'image' as [N,C,H,W] with a free N, 1 or 3 channels and sides of 8 to 128 pixels";

    [Fact]
    public void Open_OtherInputShape() =>
        Refused(Models.Encoder(shape: new Shape("N", 2, 32, 32)), $"{image}, found [N,2,32,32]");

    [Fact]
    public void Open_TooLarge() => Refused(Models.Encoder(shape: new Shape("N", 1, 32, 130)), $"{image}, found [N,1,32,130]");

    [Fact]
    public void Open_FixedBatch() =>
        Refused(Models.Encoder(shape: new Shape(64, 1, 28, 28)), $"{image}, found [64,1,28,28]");

    [Fact]
    public void Open_OtherInputType() => Refused(Models.Encoder(type: ElementType.Float64), "expected 'image' of float32, found float64");

    [Fact]
    public void Open_LayerThatIsNotThere_SaysWhichAre() =>
        Assert.StartsWith("--layer 'feature': expected one of the outputs 'embedding' of '",
        Assert.Throws<ArgumentException>(() => DimensionOf(Models.Encoder(), "feature")).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_AnotherLayer_TakesItAsTheEmbedding()
    {
        var graph = new GraphBuilder();
        Value image = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        graph.Output("embedding", graph.Reduce("ReduceMax", graph.Flatten(image), [1], keep: true));
        graph.Output("feature", graph.Flatten(image));
        Assert.Equal((1, 784), (DimensionOf(graph, "embedding"), DimensionOf(graph, "feature")));
    }

    /// <summary>Rows of pixels as an output [N,28,28]: a row of it is an image laid out flat.</summary>
    [Fact]
    public void Run_LayerOfSeveralAxes_LaysItOutFlat()
    {
        var graph = new GraphBuilder();
        Value image = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        graph.Output("embedding", graph.Reduce("ReduceMax", graph.Flatten(image), [1], keep: true));
        graph.Output("lines", graph.Reduce("ReduceMax", image, [1], keep: false));
        graph.Build().Save(path);
        using EncoderSession session = EncoderSession.Open(path, new EncoderOptions { Layer = "lines" });
        ImageSet digits = StrokeDigits.Draw(70, 1);
        Embeddings found = session.Run(digits);
        Assert.Equal(784, session.Dimension);
        Assert.Equal(digits.Pixels.Select(pixel => pixel / 255f), found.Values);
    }

    int DimensionOf(GraphBuilder graph, string layer)
    {
        graph.Build().Save(path);
        using EncoderSession session = EncoderSession.Open(path, new EncoderOptions { Layer = layer });
        return session.Dimension;
    }

    [Fact]
    public void Open_NoKnownOutput() =>
        Refused(Models.Encoder(output: "features"),
        "expected an output among 'embedding', 'probability', 'cluster', found the outputs 'features'");

    [Fact]
    public void Open_OutputOfOtherRank()
    {
        var graph = new GraphBuilder();
        graph.Output("embedding", graph.Cast(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)), ElementType.Float32));
        Refused(graph, "expected 'embedding' as [N,D] with a fixed D, found 4 axes [-1,1,28,28]");
    }

    [Fact]
    public void Open_ClusterOfOtherType()
    {
        var graph = new GraphBuilder();
        Value image = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        graph.Output("cluster", graph.Reduce("ReduceMax", image, [1, 2, 3]));
        Refused(graph, "expected 'cluster' of int64, found float32");
    }

    [Theory]
    [InlineData("this is no model", "text that starts 'this is no model'; name the model")]
    [InlineData("<!DOCTYPE html><html>", "a web page; get the file itself")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS, not the file itself; get that by git lfs pull")]
    [InlineData("PK\u0003\u0004", "a ZIP archive; unpack it")]
    [InlineData("\u001F\u008B\b", "a gzip file; unpack it")]
    [InlineData("\u0080\u0002}q\0.", "a Python pickle, which holds weights without a graph; export the model to ONNX")]
    [InlineData("\u0089HDF\r\n\u001A\n", "an HDF5 file (.h5 or .mat), which holds weights without a graph; export the model to ONNX")]
    [InlineData("label,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n", "a CSV table; name the model")]
    public void Open_FileOfAnotherKind_SaysWhatItIs(string content, string found)
    {
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(content));
        Assert.Equal($"'{path}': expected an ONNX model, found {found}.",
            Assert.Throws<InvalidModelException>(() => EncoderSession.Open(path)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4000)]
    public void Open_TruncatedModel_IsNoModel(int length)
    {
        File.WriteAllBytes(path, Models.Encoder().Build().ToBytes()[..length]);
        Assert.StartsWith($"'{path}': expected an ONNX model, found {length} bytes that ONNX Runtime refuses (",
            Assert.Throws<InvalidModelException>(() => EncoderSession.Open(path)).Message);
    }

    [Fact]
    public void Open_NoFile_SaysWhatIsExpected() =>
        Assert.Equal($"'{path}': no such file; expected a model.onnx that 'uvl train' or 'uvl export' wrote.",
        Assert.Throws<FileNotFoundException>(() => EncoderSession.Open(path)).Message);

    [Fact]
    public void Open_Folder_SaysWhatIsExpected() =>
        Assert.Throws<FileNotFoundException>(() => EncoderSession.Open(Path.GetDirectoryName(path)!));

    [Fact]
    public void Open_CudaWithoutCuda_SaysWhatThereIs()
    {
        Assert.SkipWhen(RuntimeInfo.Providers.Contains("CUDAExecutionProvider"), "this runtime has CUDA");
        Models.Encoder().Build().Save(path);
        Assert.Equal($"CUDA was asked for, but the loaded ONNX Runtime has only {string.Join(", ", RuntimeInfo.Providers)}; build with "
            + $"-p:Gpu=true on a machine with an NVIDIA GPU, CUDA 13 and cuDNN 9, or take --device cpu.",
            Assert.Throws<PlatformNotSupportedException>(() =>
                EncoderSession.Open(path, new EncoderOptions { Device = ComputeDevice.Cuda })).Message);
    }

    void Refused(GraphBuilder graph, string text)
    {
        graph.Build().Save(path);
        Assert.Equal($"'{path}': {text}{remedy}", Assert.Throws<InvalidModelException>(() => EncoderSession.Open(path)).Message);
    }
}
