using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;
using Toolchain.Deploy.Pictures;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;

namespace Toolchain.EndToEnd;

/// <summary>The fit of pictures as a graph against the one of the program, on pictures of many sizes.</summary>
public sealed class PictureGraphTests : CommandTest
{
    const int Seed = 11;

    // Of digits: enlarged or reduced, on paper of any level, with grain and at any place; every second one dark on light.
    static byte[] Scene(ImageSet digits, int index, int width, int height, Random random)
    {
        byte[] scene = new byte[width * height];
        (int paper, int ink) = (random.Next(40), 150 + random.Next(106));
        double size = (.4 + .6 * random.NextDouble()) * Math.Min(width, height) / 28;
        (double left, double top) = ((width - 28 * size) * random.NextDouble(), (height - 28 * size) * random.NextDouble());
        for (int i = 0; i < scene.Length; i++)
        {
            (int x, int y) = ((int)Math.Floor((i % width - left) / size), (int)Math.Floor((i / width - top) / size));
            int level = x is >= 0 and < 28 && y is >= 0 and < 28 ? digits.Image(index)[28 * y + x] : 0;
            int value = Math.Clamp(paper + level * (ink - paper) / 255 + random.Next(-6, 7), 0, 255);
            scene[i] = (byte)(index % 2 == 0 ? value : 255 - value);
        }
        return scene;
    }

    static Dictionary<string, TensorData> Input(byte[] bytes, int count, int height, int width, int channels) =>
        new() { ["picture"] = new TensorData(ElementType.UInt8, [count, height, width, channels], bytes) };

    static ImageSet Digits(int count)
    {
        bool hasMnist = Directory.Exists(Path.Combine(Environment.GetEnvironmentVariable("UVL_DATA_DIR") ?? "", "mnist"));
        return ImageSource.Open(hasMnist ? "mnist" : "strokes:14000", Split.Test).Take(count);
    }

    [Fact, Trait("Category", "Slow")]
    public void Fuse_ShippedEncoder_AgreesWithDigitFitOnTwoThousandPictures() => AgreesWithDigitFit(50, 40);

    [Fact]
    public void Fuse_ShippedEncoder_AgreesWithDigitFit() => AgreesWithDigitFit(5, 12);

    static void AgreesWithDigitFit(int sizes, int each)
    {
        OnnxModel encoder = OnnxFile.Load(Checkout.Model("refined"));
        OnnxModel fused = PictureGraph.Fuse(encoder, Preprocess.Mnist, 1, [6, 3, 4, 1, 0, 9, 2, 8, 5, 7]);
        (ImageSet digits, var random, int largest, int different, int same) = (Digits(sizes * each), new Random(Seed), 0, 0, 0);
        byte[] bytes = fused.ToBytes(), encoderBytes = encoder.ToBytes();
        for (int size = 0; size < sizes; size++)
        {
            (int width, int height) = size == 0 ? (28, 28) : (random.Next(16, 220), random.Next(16, 220));
            byte[] scenes = [.. Enumerable.Range(size * each, each).SelectMany(i => Scene(digits, i, width, height, random))];
            byte[] fitted = new byte[each * 784];
            for (int i = 0; i < each; i++)
            {
                PictureFit.Fit(new(scenes.AsSpan(i * width * height, width * height), width, height, $"{i}"), Preprocess.Mnist,
                    fitted.AsSpan(i * 784, 784));
            }
            IReadOnlyDictionary<string, TensorData> found = OnnxRuntimeCheck.Run(bytes, Input(scenes, each, height, width, 1));
            double[] pixels = found["fitted"].ToDoubles();
            int[] off = [.. fitted.Select((pixel, i) => Math.Abs(pixel - (int)Math.Round(pixels[i] * 255)))];
            (largest, different) = (Math.Max(largest, off.Max()), different + off.Count(difference => difference > 0));
            long[] wanted = OnnxRuntimeCheck.Run(encoderBytes, new Dictionary<string, TensorData>
            {
                ["image"] = TensorData.Of([.. fitted.Select(pixel => pixel / 255f)], each, 1, 28, 28),
            })["cluster"].ToInt64s();
            same += wanted.Zip(found["cluster"].ToInt64s()).Count(pair => pair.First == pair.Second);
        }
        Assert.True(largest <= 1 && same == sizes * each,
            $"seed {Seed}: largest pixel difference {largest}, {different} pixels, {same} of {sizes * each} in the same cluster");
    }

    [Theory]
    [InlineData(FitMode.Digit, 1, 3, Polarity.Auto)]
    [InlineData(FitMode.Digit, 1, 4, Polarity.Auto)]
    [InlineData(FitMode.Letterbox, 3, 4, Polarity.Auto)]
    [InlineData(FitMode.Letterbox, 3, 1, Polarity.Dark)]
    [InlineData(FitMode.Crop, 1, 3, Polarity.Light)]
    [InlineData(FitMode.Stretch, 3, 3, Polarity.Auto)]
    public void Fuse_EveryFit_AgreesWithPictureFitInBothRuntimes(FitMode fit, int modelChannels, int channels, Polarity polarity)
    {
        var shape = new ImageShape(modelChannels, 24, 32);
        var preprocess = new Preprocess(shape, fit, polarity);
        var graph = new GraphBuilder();
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", modelChannels, 24, 32))));
        OnnxModel fused = PictureGraph.Fuse(graph.Build(), preprocess, channels, null);
        var random = new Random(Seed);
        ImageSet digits = Digits(12);
        foreach ((int width, int height) in (ReadOnlySpan<(int, int)>)[(32, 24), (47, 33), (13, 40), (1, 5)])
        {
            byte[] pictures = [.. Enumerable.Range(0, 2)
                .SelectMany(i => Colour(Scene(digits, i, width, height, random), channels, random))];
            byte[] wanted = new byte[2 * shape.Size];
            for (int i = 0; i < 2; i++)
            {
                ReadOnlySpan<byte> one = pictures.AsSpan(i * width * height * channels, width * height * channels);
                Picture picture = channels == 4 ? Picture.FromRgba(width, height, one, modelChannels)
                    : Planes(one, width, height, channels);
                PictureFit.Fit(new(picture.Pixels, width, height, "a picture"), preprocess, wanted.AsSpan(i * shape.Size, shape.Size));
            }
            Dictionary<string, TensorData> input = Input(pictures, 2, height, width, channels);
            foreach (TensorData found in (TensorData[])[OnnxRuntimeCheck.Run(fused.ToBytes(), input)["fitted"],
                Evaluator.Run(fused, input)["fitted"]])
            {
                int worst = found.ToDoubles().Zip(wanted).Max(pair => Math.Abs((int)Math.Round(pair.First * 255) - pair.Second));
                Assert.True(worst <= 1, $"{width} x {height}: a pixel differs by {worst}");
            }
        }
    }

    [Fact]
    public void Export_FromPicture_WritesAModelOfStandardOperators()
    {
        string model = Checkout.In("models", "refined");
        CommandResult made = Run("export", model, "--from-picture", "--picture-channels", "4", "--out", In("picture.onnx"));
        Assert.True(made.Status == 0, made.Error);
        Assert.Contains("agrees with the float64 evaluator on 3 pictures of 37 x 45", made.Output, StringComparison.Ordinal);
        ModelInspection found = InspectedModel.Load(In("picture.onnx"));
        Assert.Empty(found.Foreign);
        Assert.Equal(["picture: UInt8 [N,H,W,4]"], found.Inputs.Select(input => $"{input}"));
        Assert.Equal(["embedding", "probability", "cluster", "class", "fitted"], found.Model!.Outputs.Select(output => output.Name));
        Assert.Contains("input picture: UInt8 [N,H,W,4]; outputs embedding, probability, cluster, class, fitted\n", made.Output,
            StringComparison.Ordinal);
        Assert.Contains("picture.onnx': expected an encoder, found a model of pictures (uvl export --from-picture)",
            Run("embed", In("picture.onnx"), "--data", "strokes:3", "--out", In("x.npy")).Error, StringComparison.Ordinal);
        Assert.Contains("expected --out", Run("export", model, "--from-picture").Error, StringComparison.Ordinal);
        Assert.Equal(2, Run("export", model, "--from-picture", "--picture-channels", "2", "--out", In("other.onnx")).Status);
    }

    // Set by tests/CrossCheck/run.sh, which runs the model in runtimes outside of .NET; otherwise a temporary folder.
    [Fact]
    public void Save_PictureModel_LeavesModelInputAndOutputs()
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable("UVL_NETWORKS") ?? Folder, "picture");
        Directory.CreateDirectory(folder);
        OnnxModel encoder = OnnxFile.Load(Checkout.Model("refined"));
        OnnxModel fused = PictureGraph.Fuse(encoder, Preprocess.Mnist, 1, [6, 3, 4, 1, 0, 9, 2, 8, 5, 7]);
        (int width, int height, var random) = (75, 90, new Random(Seed));
        ImageSet digits = ImageSource.Open("strokes:700", Split.Test);
        byte[] scenes = [.. Enumerable.Range(0, 8).SelectMany(i => Scene(digits, i, width, height, random))];
        NpyFile.Write(Path.Combine(folder, "in.picture.npy"), new TensorEntry(TensorKind.UInt8, [8, height, width, 1], scenes));
        foreach ((string name, TensorData found) in OnnxRuntimeCheck.Run(fused.ToBytes(), Input(scenes, 8, height, width, 1)))
        {
            TensorKind kind = found.Type == ElementType.Int64 ? TensorKind.Int64 : TensorKind.Float32;
            NpyFile.Write(Path.Combine(folder, $"out.{name}.npy"), new TensorEntry(kind, [.. found.Sizes], found.Bytes.ToArray()));
        }
        fused.Save(Path.Combine(folder, "model.onnx"));
        Assert.Equal(7, Directory.GetFiles(folder).Length);
    }

    // From grey: colours around it, and transparency in places.
    static IEnumerable<byte> Colour(byte[] grey, int channels, Random random) => channels == 1 ? grey
        : grey.SelectMany((level, i) => Enumerable.Range(0, channels).Select(channel => channel == 3 ? (byte)(i % 7 == 0 ? 90 : 255)
            : (byte)Math.Clamp(level + random.Next(-20, 21), 0, 255)));

    static Picture Planes(ReadOnlySpan<byte> interleaved, int width, int height, int channels)
    {
        byte[] planes = new byte[interleaved.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            planes[i % channels * width * height + i / channels] = interleaved[i];
        }
        return new(width, height, planes);
    }
}
