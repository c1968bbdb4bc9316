using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>
/// <c>uvl plot capsules</c> on a pair of models small enough to know each pixel: a part is as bright all over as its presence, an image as
/// the first part.
/// </summary>
public sealed class PlotCapsulesTests : CommandTest
{
    [Fact]
    public void Plot_Images_ShowsTheMostPresentPartFirst()
    {
        SaveModels();
        (int status, string output, string error) = Run("plot", "capsules", In("model.onnx"), "--data", "strokes:40:1", "--count", "2",
            "--out", In("sheet.png"), "--arrays", In("arrays"));
        Assert.True(status == 0, error);
        Assert.Equal($"2 images with their 2 most present parts in {In("sheet.png")}\n", output);
        ImageSet test = ImageSource.Open("strokes:40:1", Split.Test).Take(2);
        // Presences .2 and .6: the second part, 153 of 255, stands before the first, 51, which is the image as well.
        Assert.Equal(ImageSheet.Encode([.. Enumerable.Range(0, 2)
            .SelectMany(image => (byte[])[.. test.Image(image), .. Plain(51), .. Plain(51), .. Plain(153), .. Plain(51)])],
                Preprocess.Mnist, 5),
            File.ReadAllBytes(In("sheet.png")));
        Assert.Equal([2, 2], NpyFile.Read(In("arrays/decoder/in.presence.npy")).Shape.ToArray());
        Assert.Equal([2, 1, 28, 28], NpyFile.Read(In("arrays/encoder/in.image.npy")).Shape.ToArray());
    }

    [Fact]
    public void Plot_Templates_DrawsEachPartOnce()
    {
        SaveModels();
        (int status, string output, string error) = Run("plot", "capsules", In("model.onnx"), "--templates", "--out", In("templates.png"));
        Assert.True(status == 0, error);
        Assert.Equal(ImageSheet.Encode([.. Plain(255), .. Plain(255)], Preprocess.Mnist), File.ReadAllBytes(In("templates.png")));
    }

    [Fact]
    public void Plot_WithoutADecoder_SaysWhatIsExpected()
    {
        SaveModels();
        File.Delete(In("decoder.onnx"));
        (int status, _, string error) = Run("plot", "capsules", In("model.onnx"), "--templates", "--out", In("templates.png"));
        Assert.Equal(3, status);
        Assert.Contains($"'{In("decoder.onnx")}': expected a decoder of capsules, found no file; train it first.", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_NoImages_EndsWith2Or3()
    {
        SaveModels();
        NpyFile.Write(In("none.npy"), TensorEntry.Of<byte>([], 0, 28, 28));
        Fails(2, "--count must be at least 1, was 0.", "--data", "strokes:40", "--count", "0");
        Fails(3, $"'{In("none.npy")}': expected at least one image, found none; name another source.", "--data",
            In("none.npy"));
    }

    [Fact]
    public void Plot_OtherModels_EndsWith4AndWhatIsMissing()
    {
        SaveModels();
        var other = new GraphBuilder("other");
        other.Output("embedding", other.Flatten(other.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28))));
        File.Copy(In("decoder.onnx"), In("other-decoder.onnx"));
        other.Build().Save(In("other.onnx"));
        (int status, _, string error) = Run("plot", "capsules", In("other.onnx"), "--data", "strokes:40", "--out", In("sheet.png"));
        Assert.Equal((4, $"uvl: '{In("other.onnx")}': expected a model of capsules with the outputs part_presence Float32 [N,2], pose "
            + $"Float32 [N,2,6], vote Float32 [N,2,6], feature Float32 [N,2,3], found embedding Float32 [N,784].\n"), (status, error));
        File.Copy(In("other.onnx"), In("decoder.onnx"), overwrite: true);
        Fails(4, $"'{In("decoder.onnx")}': expected a decoder of capsules with the inputs pose Float32 [N,P,6], presence Float32 [N,P], "
            + $"feature Float32 [N,P,F], found image Float32 [N,1,28,28].", "--data", "strokes:40");
        File.WriteAllText(In("decoder.onnx"), "no model at all");
        Fails(4, $"'{In("decoder.onnx")}': not an ONNX model: at byte ", "--templates");
    }

    [Fact]
    public void Plot_CanvasSmallerThanAnImage_EndsWith4()
    {
        SaveModels(canvasSide: 20);
        Fails(4, $"'{In("decoder.onnx")}': expected images and parts of at least 28 x 28 pixels, found image [2,1,20,20], part "
            + $"[2,2,20,20].", "--data", "strokes:40", "--count", "2");
    }

    void Fails(int expected, string message, params string[] rest)
    {
        (int status, _, string error) = Run(["plot", "capsules", In("model.onnx"), "--out", In("sheet.png"), .. rest]);
        Assert.Equal(expected, status);
        Assert.StartsWith($"uvl: {message}", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(In("sheet.png")));
    }

    static byte[] Plain(byte value) => [.. Enumerable.Repeat(value, ImageShape.Mnist.Size)];

    void SaveModels(int canvasSide = 28)
    {
        var encoder = new GraphBuilder("encoder");
        Value image = encoder.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        // [N,1]
        Value zero = encoder.Mul(encoder.Reshape(encoder.Reduce("ReduceMean", image, [1, 2, 3]), -1, 1),
            encoder.Initializer("zero", TensorData.Of([0f], 1)));
        encoder.Output("part_presence", encoder.Add(zero, encoder.Initializer("presence", TensorData.Of([0.2f, 0.6f], 2))));
        foreach ((string name, int size) in new[] { ("pose", 6), ("vote", 6), ("feature", 3) })
        {
            encoder.Output(name, encoder.Reshape(
                encoder.Add(zero, encoder.Initializer($"{name}s", TensorData.Of(new float[2 * size], 2 * size))), -1, 2, size));
        }
        encoder.Build().Save(In("model.onnx"));

        var decoder = new GraphBuilder("decoder");
        Value pose = decoder.Input("pose", ElementType.Float32, new Shape("N", 2, 6)),
            presence = decoder.Input("presence", ElementType.Float32, new Shape("N", 2)),
            feature = decoder.Input("feature", ElementType.Float32, new Shape("N", 2, 3));
        Value unused = decoder.Mul(decoder.Add(Sum(pose), Sum(feature)), decoder.Initializer("zero", TensorData.Of([0f], 1)));
        Value part = decoder.Mul(decoder.Reshape(decoder.Add(presence, unused), -1, 2, 1, 1),
            decoder.Initializer("ones", TensorData.Of([.. Enumerable.Repeat(1f, canvasSide * canvasSide)], 1, 1, canvasSide, canvasSide)));
        decoder.Output("part", part);
        decoder.Output("image", decoder.Apply("Slice", [part, Index("start", 0), Index("end", 1), Index("axis", 1)]));
        decoder.Build().Save(In("decoder.onnx"));

        Value Sum(Value value) => decoder.Reshape(decoder.Reduce("ReduceMean", value, [1, 2]), -1, 1);

        Value Index(string name, long value) => decoder.Initializer(name, TensorData.Of([value], 1));
    }
}
