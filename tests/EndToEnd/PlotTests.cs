using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Evaluate.Plots;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>
/// <c>uvl plot generator</c> on a generator small enough to know each pixel: every image is as bright as its first continuous code says.
/// </summary>
public sealed class PlotTests : CommandTest
{
    const int codes = 3, columns = 10;

    // Pixel = (first continuous code + 1) / 2; the other inputs count nothing.
    string Generator()
    {
        var graph = new GraphBuilder("generator");
        Value z = graph.Input("z", ElementType.Float32, new Shape("N", 4)),
            code = graph.Input("code", ElementType.Float32, new Shape("N", codes)),
            continuous = graph.Input("continuous", ElementType.Float32, new Shape("N", 2));
        var weights = new float[784 * (4 + codes + 2)];
        for (int pixel = 0; pixel < 784; pixel++)
        {
            weights[pixel * (4 + codes + 2) + 4 + codes] = 0.5f;
        }
        float[] half = new float[784];
        half.AsSpan().Fill(0.5f);
        Value rows = graph.Gemm(graph.Apply("Concat", [z, code, continuous], new Attributes { ["axis"] = 1 }),
            graph.Initializer("w", TensorData.Of(weights, 784, 4 + codes + 2)), graph.Initializer("b", TensorData.Of(half, 784)),
            transB: true);
        graph.Output("image", graph.Reshape(rows, -1, 1, 28, 28));
        graph.Build().Save(In("generator.onnx"));
        return In("generator.onnx");
    }

    [Fact]
    public void Plot_Sweep_GoesFromBlackToWhiteInEachRow()
    {
        (int status, string output, string error) = Run("plot", "generator", Generator(), "--sweep", "1", "--out", In("sheet.png"),
            "--arrays", In("arrays"));
        Assert.True(status == 0, error);
        Assert.Equal($"3 codes with 10 images each in {In("sheet.png")}\n", output);
        Assert.Equal(ImageSheet.Encode([.. Enumerable.Range(0, codes * columns)
            .SelectMany(image => Enumerable.Repeat((byte)Math.Round(255 * (image % columns) / 9.0), 784))], Preprocess.Mnist, columns),
            File.ReadAllBytes(In("sheet.png")));
        Assert.Equal([30, 1, 28, 28], NpyFile.Read(In("arrays/out.image.npy")).Shape.ToArray());
        Assert.Equal([30, 4], NpyFile.Read(In("arrays/in.z.npy")).Shape.ToArray());
    }

    [Fact]
    public void Latents_WithoutASweep_DifferByColumnAndNotByRow()
    {
        Dictionary<string, TensorData> latents = new GeneratorInputs(4, codes, 2).Latents(0, 1, seed: 1);
        double[] z = latents["z"].ToDoubles(), code = latents["code"].ToDoubles();
        double[] Noise(int image) => z[(image * 4)..(image * 4 + 4)];
        Assert.Equal(Noise(0), Noise(columns));
        Assert.NotEqual(Noise(0), Noise(1));
        Assert.All(z, value => Assert.InRange(value, -1, 1));
        Assert.All(Enumerable.Range(0, codes * columns), image =>
            Assert.Equal([.. Enumerable.Range(0, codes).Select(row => row == image / columns ? 1.0 : 0)],
            code[(image * codes)..((image + 1) * codes)]));
    }

    [Fact]
    public void Latents_Sweep_MovesOneCodeAlone()
    {
        Dictionary<string, TensorData> latents = new GeneratorInputs(4, codes, 2).Latents(2, 1.5, seed: 1);
        double[] z = latents["z"].ToDoubles(), values = latents["continuous"].ToDoubles();
        Assert.All(Enumerable.Range(0, codes * columns), image =>
        {
            Assert.Equal(z[..4], z[(image * 4)..(image * 4 + 4)]);
            Assert.Equal(0, values[2 * image]);
            Assert.Equal(1.5 * (2.0 * (image % columns) / 9 - 1), values[2 * image + 1], 1e-6);
        });
    }

    [Fact]
    public void Plot_SweepOfNoCode_SaysHowManyThereAre()
    {
        string generator = Generator();
        (int status, _, string error) = Run("plot", "generator", generator, "--sweep", "3", "--out", In("sheet.png"));
        Assert.Equal(2, status);
        Assert.Contains($"--sweep must be in [0..2], was 3; '{generator}' has 2 continuous codes.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_Encoder_SaysWhatItExpected()
    {
        var graph = new GraphBuilder("encoder");
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28))));
        graph.Build().Save(In("model.onnx"));
        (int status, _, string error) = Run("plot", "generator", In("model.onnx"), "--out", In("sheet.png"));
        Assert.Equal(4, status);
        Assert.Contains("expected a generator of infogan with the inputs z Float32 [N,size], code Float32 [N,size], continuous Float32 "
            + "[N,size], found image Float32 [N,1,28,28].", error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("sheet.png")));
    }

    [Fact]
    public void Plot_GeneratorThatDrawsNothing_EndsWith4()
    {
        string generator = Generator();
        OnnxModel model = OnnxFile.Load(generator);
        new OnnxModel
        {
            Inputs = model.Inputs,
            Outputs = [model.Outputs[0] with { Name = "picture" }],
            Initializers = model.Initializers,
            Nodes = [.. model.Nodes.Select(node => node.Outputs[0] == "image" ? node with { Outputs = ["picture"] } : node)]
        }.Save(
            generator);
        (int status, _, string error) = Run("plot", "generator", generator, "--out", In("sheet.png"));
        Assert.Equal((4, $"uvl: '{generator}': expected a generator of infogan with the outputs image Float32 [N,C,H,W], found picture "
            + $"Float32 [N,1,28,28].\n"), (status, error));
    }

    [Fact]
    public void Plot_DamagedModel_EndsWith4AndThePlace()
    {
        File.WriteAllText(In("text.onnx"), "no model at all");
        (int status, _, string error) = Run("plot", "generator", In("text.onnx"), "--out", In("sheet.png"));
        Assert.Equal(4, status);
        Assert.StartsWith($"uvl: '{In("text.onnx")}': not an ONNX model: at byte ", error, StringComparison.Ordinal);
    }
}
