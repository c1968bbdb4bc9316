using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

/// <summary>Whole pictures at 28 x 28, whatever they show; and what a model says of its own.</summary>
public sealed class PictureFitTests
{
    // 56 x 28: the left half is 200, the right half 40, its ring's median 40 or 200.
    static byte[] Halves => [.. Enumerable.Range(0, 56 * 28).Select(i => (byte)(i % 56 < 28 ? 200 : 40))];

    [Fact]
    public void Stretch_TwoHalves_AreHalfAsWide()
    {
        byte[] fitted = Fit(Halves, 56, 28, FitMode.Stretch);
        Assert.Equal([200, 200, 40, 40], new[] { At(fitted, 0, 0), At(fitted, 27, 12), At(fitted, 0, 15), At(fitted, 27, 27) });
    }

    [Fact]
    public void Crop_TwoHalves_KeepsTheMiddleSquareAsItIs()
    {
        byte[] fitted = Fit(Halves, 56, 28, FitMode.Crop);
        Assert.All(Enumerable.Range(0, 28 * 28), i => Assert.Equal(i % 28 < 14 ? 200 : 40, fitted[i]));
    }

    [Fact]
    public void Letterbox_TwoHalves_LieBetweenBarsOfTheBackground()
    {
        byte[] picture = Halves;
        Array.Fill(picture, (byte)90, 0, 56);
        Array.Fill(picture, (byte)90, 27 * 56, 56); // upper and lower edge, most of the ring
        byte[] fitted = Fit(picture, 56, 28, FitMode.Letterbox);
        Assert.All(new[] { 0, 6, 21, 27 }, row => Assert.Equal(90, At(fitted, row, 14)));
        Assert.Equal((200, 40), (At(fitted, 14, 2), At(fitted, 14, 25)));
    }

    // Twice as large by repetition, and back: a triangle of two pixels' width weighs neighbours in, but of flat blocks nothing changes.
    [Theory]
    [InlineData(FitMode.Letterbox)]
    [InlineData(FitMode.Crop)]
    [InlineData(FitMode.Stretch)]
    public void Fit_FlatPicture_StaysFlat(FitMode mode) =>
        Assert.All(Fit([.. Enumerable.Repeat((byte)77, 61 * 61)], 61, 61, mode), pixel => Assert.Equal(77, pixel));

    [Theory]
    [InlineData(FitMode.Letterbox)]
    [InlineData(FitMode.Crop)]
    [InlineData(FitMode.Stretch)]
    public void Fit_OnePixel_FillsTheField(FitMode mode) =>
        Assert.All(Fit([9], 1, 1, mode), pixel => Assert.Equal(9, pixel));

    [Theory]
    [InlineData(FitMode.Digit, Polarity.Auto, true)]
    [InlineData(FitMode.Stretch, Polarity.Auto, false)]
    [InlineData(FitMode.Letterbox, Polarity.Auto, false)]
    [InlineData(FitMode.Crop, Polarity.Dark, true)]
    public void Open_DarkOnLight_IsInvertedForDigitsOrWhereSaid(FitMode fit, Polarity polarity, bool isInverted)
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. Enumerable.Range(0, 3 * 40 * 40)
            .Select(i => (byte)(i % 40 is > 15 and < 25 && i / 40 % 40 is > 15 and < 25 ? 10 : 250))];
        NpyFile.Write(folder["a.npy"], TensorEntry.Of<byte>(pixels, 3, 40, 40));
        ImageSet set = ImageSource.Open(folder["a.npy"], Split.All, new() { Fit = fit, Polarity = polarity });
        Assert.Equal(isInverted, set.Image(0)[0] < 128);
    }

    [Theory]
    [InlineData(FitMode.Letterbox, """{"fit":"letterbox"}""")]
    [InlineData(FitMode.None, """{"fit":"none"}""")]
    [InlineData(FitMode.Digit, null)]
    public void Preprocess_Fit_IsReadAsItWasAdded(FitMode fit, string? text)
    {
        var metadata = new Dictionary<string, string>();
        new Preprocess(ImageShape.Mnist, fit).AddTo(metadata);
        Assert.Equal(text, metadata.GetValueOrDefault(ModelKeys.Preprocess));
        Assert.Equal(new(ImageShape.Mnist, fit), Preprocess.Of(metadata, ImageShape.Mnist, "m.onnx"));
    }

    [Theory]
    [InlineData("""{"fit":"pad"}""", "pad")]
    [InlineData("""{"fit":3}""", """{"fit":3}""")]
    [InlineData("[]", "[]")]
    [InlineData("{", "{")]
    public void Preprocess_OfANewerVersion_IsRefused(string text, string found) =>
        Assert.Equal($"'m.onnx': metadata 'uvl.preprocess': expected a fit among digit, none, letterbox, crop, stretch, found '{found}'; "
            + "take a newer uvl.", Assert.Throws<InvalidDataException>(() =>
            Preprocess.Of(new Dictionary<string, string> { [ModelKeys.Preprocess] = text }, ImageShape.Mnist, "m.onnx")).Message);

    static byte[] Fit(byte[] pixels, int width, int height, FitMode mode)
    {
        byte[] fitted = new byte[ImageShape.Mnist.Size];
        PictureFit.Fit(new(pixels, width, height, "x"), new(ImageShape.Mnist, mode), fitted);
        return fitted;
    }

    static int At(byte[] image, int row, int column) => image[row * 28 + column];
}
