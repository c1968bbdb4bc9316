using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

/// <summary>Dark on light, and rows for columns, over a whole source.</summary>
public sealed class PolarityTests
{
    // Bright digits that are higher than wide, on black.
    static readonly byte[] light = StrokeDigits.Draw(300, 1).Pixels;

    [Theory]
    [InlineData(".npy")]
    [InlineData(".idx")]
    [InlineData(".npy.gz")]
    public void Open_DarkTensor_IsInvertedAndSaysSo(string format)
    {
        using var folder = new TemporaryFolder();
        ImageSet set = ImageSource.Open(Write(folder, format, Negative(light)), Split.All);
        Assert.Equal(light, set.Pixels);
        Assert.Equal(["polarity: dark on light in 256 of 256 images looked at; all are inverted (--polarity light keeps them)"],
            set.Remarks);
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".idx")]
    public void Open_LightTensor_KeepsItsBytes(string format)
    {
        using var folder = new TemporaryFolder();
        ImageSet set = ImageSource.Open(Write(folder, format, light), Split.All);
        Assert.Equal(light, set.Pixels);
        Assert.Empty(set.Remarks);
    }

    // One bright image among dark ones belongs to them: it is blank paper, or a digit that touches its edge.
    [Fact]
    public void Open_OneImageThatDiffers_IsTreatedAsTheOthers()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. light];
        pixels.AsSpan(7 * 784, 784).Fill(200);
        Assert.Equal(pixels, ImageSource.Open(Write(folder, ".npy", pixels), Split.All).Pixels);
    }

    [Fact]
    public void Open_MixedSource_JudgesEachImage()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. light];
        Negative(light).AsSpan(0, 100 * 784).CopyTo(pixels);
        ImageSet set = ImageSource.Open(Write(folder, ".npy", pixels), Split.All);
        Assert.Equal(light, set.Pixels);
        Assert.StartsWith("polarity: 86 of 256 images looked at are dark on light; each image is judged by itself",
            Assert.Single(set.Remarks));
    }

    [Theory]
    [InlineData(Polarity.Light, FitMode.Digit, false)]
    [InlineData(Polarity.Dark, FitMode.Digit, true)]
    [InlineData(Polarity.Auto, FitMode.None, false)]
    [InlineData(Polarity.Dark, FitMode.None, true)]
    public void Open_PolarityGiven_IsObeyed(Polarity polarity, FitMode fit, bool inverted)
    {
        using var folder = new TemporaryFolder();
        byte[] dark = Negative(light);
        ImageSet set = ImageSource.Open(Write(folder, ".npy", dark), Split.All, new() { Polarity = polarity, Fit = fit });
        Assert.Equal(inverted ? light : dark, set.Pixels);
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".idx")]
    [InlineData(".npy.gz")]
    public void Open_TransposedTensor_SaysSoAndIsSwappedWhenAsked(string format)
    {
        using var folder = new TemporaryFolder();
        byte[] swapped = [.. light];
        for (int image = 0; image < 300; image++)
        {
            for (int pixel = 0; pixel < 784; pixel++)
            {
                swapped[image * 784 + pixel] = light[image * 784 + pixel % 28 * 28 + pixel / 28];
            }
        }
        string path = Write(folder, format, swapped);
        Assert.StartsWith("the digits look transposed", Assert.Single(ImageSource.Open(path, Split.All).Remarks));
        ImageSet set = ImageSource.Open(path, Split.All, new() { IsTransposed = true });
        Assert.Equal(light, set.Pixels);
        Assert.Empty(set.Remarks);
    }

    // Docs: 3,000 drawings of 64 images each from MNIST's test images, none of which looks transposed, while all their transposes do.
    [Fact]
    public void Survey_SubsetsOfMnist_NeverLookTransposedNorDark()
    {
        ImageSet? mnist = null;
        try
        {
            mnist = ImageSource.Open("mnist", Split.Test, new() { Offline = true });
        }
        catch (DatasetUnavailableException)
        {
        }
        Assert.SkipWhen(mnist is null, "MNIST is not here: set UVL_DATA_DIR to a folder with mnist/ in it.");
        var random = new Random(1);
        for (int trial = 0; trial < 200; trial++)
        {
            PendingImage[] plain = [.. Enumerable.Range(0, 64)
                .Select(_ => new PendingImage("x", mnist.Image(random.Next(10_000)).ToArray(), 28, 28))];
            PendingImage[] swapped = [.. plain.Select(image => new PendingImage("x", Transposed(image.Bytes!.Value.ToArray()), 28, 28))];
            List<string> remarks = [], remarksOfSwapped = [];
            Assert.Equal(Polarity.Light, SourceSurvey.Judge(SourceSurvey.Decode(plain, 1), Polarity.Auto, false, remarks));
            Assert.Empty(remarks);
            SourceSurvey.Judge(SourceSurvey.Decode(swapped, 1), Polarity.Auto, false, remarksOfSwapped);
            Assert.Single(remarksOfSwapped);
        }
    }

    static byte[] Transposed(byte[] image)
    {
        PictureFit.Transpose(image, ImageShape.Mnist);
        return image;
    }

    static byte[] Negative(byte[] pixels) => Array.ConvertAll(pixels, pixel => (byte)(255 - pixel));

    static string Write(TemporaryFolder folder, string format, byte[] pixels)
    {
        int count = pixels.Length / 784;
        byte[] idx = [0, 0, 8, 3, 0, 0, (byte)(count >> 8), (byte)count, 0, 0, 0, 28, 0, 0, 0, 28, .. pixels];
        if (format == ".idx")
        {
            return folder.Write("t.idx", idx);
        }
        NpyFile.Write(folder["t.npy"], TensorEntry.Of<byte>(pixels, count, 28, 28));
        return format == ".npy" ? folder["t.npy"] : folder.Write("t.npy.gz", Samples.Gzip(File.ReadAllBytes(folder["t.npy"])));
    }
}
