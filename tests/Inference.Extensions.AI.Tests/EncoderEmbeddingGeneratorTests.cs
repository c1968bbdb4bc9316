using System.Text;
using Microsoft.Extensions.AI;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Strokes;

namespace Toolchain.Inference.Extensions.AI.Tests;

public sealed class EncoderEmbeddingGeneratorTests : IDisposable
{
    static readonly string model = Checkout.Model("moco");
    static readonly ImageSet digits = StrokeDigits.Draw(100, 4);

    readonly EncoderSession encoder = EncoderSession.Open(model);
    readonly EncoderEmbeddingGenerator generator;

    public EncoderEmbeddingGeneratorTests() => generator = new(encoder);

    public void Dispose() => generator.Dispose();

    static DataContent Png(int index, bool inverted = false)
    {
        byte[] pixels = digits.Image(index).ToArray();
        return new(PngWriter.Encode(28, 28, 1, inverted ? Array.ConvertAll(pixels, pixel => (byte)(255 - pixel)) : pixels), "image/png");
    }

    [Fact]
    public async Task Generate_OfPictures_EqualsTheEncoderOnTheirPixels()
    {
        GeneratedEmbeddings<Embedding<float>> found = await generator.GenerateAsync(Enumerable.Range(0, digits.Count).Select(i => Png(i)));
        float[] expected = encoder.Run(digits).Values;
        Assert.Equal(digits.Count, found.Count);
        Assert.Equal(expected, found.SelectMany(embedding => embedding.Vector.ToArray()).ToArray());
        Assert.All(found, embedding => Assert.StartsWith("moco:", embedding.ModelId, StringComparison.Ordinal));
    }

    // A source of files is judged as a whole; here the neighbours of a picture must not matter.
    [Fact]
    public async Task Generate_DarkAmongLight_IsJudgedByItself()
    {
        DataContent[] mixed = [Png(0), Png(1), Png(2), Png(3, inverted: true)];
        GeneratedEmbeddings<Embedding<float>> together = await generator.GenerateAsync(mixed);
        GeneratedEmbeddings<Embedding<float>> light = await generator.GenerateAsync([Png(3)]);
        Assert.Equal(light[0].Vector.ToArray(), together[3].Vector.ToArray());
    }

    [Fact]
    public async Task Generate_OfNothing_IsEmpty() => Assert.Empty(await generator.GenerateAsync([]));

    [Fact]
    public async Task Generate_OfText_NamesItsPlaceAndType()
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync([Png(0), new DataContent(new byte[] { 1 }, "text/plain")]));
        Assert.Equal("'values[1]': expected a picture (image/*), found text/plain.", error.Message);
    }

    // A list of paths on a pipe is read as such; the bytes of a content never are.
    [Fact]
    public async Task Generate_OfPathsCalledAPicture_ReadsNoFile()
    {
        var paths = new DataContent(Encoding.UTF8.GetBytes(Checkout.In("docs", "refined.png") + "\n"), "image/png") { Name = "a.png" };
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => generator.GenerateAsync([paths]));
        Assert.StartsWith("'a.png': offset 0: expected a PNG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_DamagedPicture_NamesIt()
    {
        var half = new DataContent(Png(0).Data[..100], "image/png");
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => generator.GenerateAsync([Png(1), half]));
        Assert.StartsWith("'picture 1': ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_OtherModelOrDimension_IsRefused()
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync([Png(0)], new() { Dimensions = 32 }));
        Assert.Equal("'Dimensions' must be 64 or null, was 32.", error.Message);
        error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([Png(0)], new() { ModelId = "other" }));
        Assert.Equal($"'ModelId' must be moco:{encoder.Sha256[..12]} or null, was other.", error.Message);
    }

    [Fact]
    public async Task Generate_Cancelled_Stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
        generator.GenerateAsync([Png(0)], cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void GetService_Metadata_NamesModelAndDimension()
    {
        EmbeddingGeneratorMetadata metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("uvl", $"moco:{encoder.Sha256[..12]}", 64),
            (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(encoder, generator.GetService<EncoderSession>());
        Assert.Same(generator, generator.GetService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
        Assert.Null(generator.GetService<EncoderSession>("key"));
        Assert.Null(generator.GetService<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_LeavesTheEncoderOpen_WhereAsked(bool leaveOpen)
    {
        using EncoderSession own = EncoderSession.Open(model);
        var wrapped = new EncoderEmbeddingGenerator(own, leaveOpen);
        wrapped.Dispose();
        Assert.Equal(leaveOpen, Record.Exception(() => own.Run(digits.Take(1))) is null);
        Assert.Equal(leaveOpen, await Record.ExceptionAsync(() => wrapped.GenerateAsync([Png(0)])) is not ObjectDisposedException);
    }
}
