using Parquet;
using Parquet.Schema;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

public sealed class ParquetSourceTests
{
    [Fact]
    public async Task Open_HuggingFaceShape_ReadsImagesLabelsAndPaths()
    {
        using var folder = new TemporaryFolder();
        await HuggingFace(folder["d.parquet"], [Samples.PngDigit(10), Samples.PngDigit(20)], ["a.png", null], [7, 2]);
        ImageSet set = ImageSource.Open(folder["d.parquet"], Split.All);
        Assert.Equal([10, 20], Enumerable.Range(0, 2).Select(i => (int)set.Image(i)[100]));
        Assert.Equal(new int[] { 7, 2 }, set.Labels);
        Assert.Equal(["a.png", "1"], set.FileNames!);
        Assert.Equal("d.parquet", set.Name);
    }

    [Fact]
    public async Task Open_PlainBinaryColumn_HasNoLabels()
    {
        using var folder = new TemporaryFolder();
        await PlainBinary(folder["d.parquet"], Samples.PngDigit(10), Samples.PngDigit(20));
        ImageSet set = ImageSource.Open(folder["d.parquet"], Split.All);
        Assert.Equal([10, 20], Enumerable.Range(0, 2).Select(i => (int)set.Image(i)[100]));
        Assert.Null(set.Labels);
    }

    [Fact]
    public async Task Open_ColumnsThatAreNeverNull_AreRead()
    {
        using var folder = new TemporaryFolder();
        var schema = new ParquetSchema(new DataField("image", typeof(byte[]), isNullable: false),
            new DataField<int>("label", nullable: false));
        await using (FileStream stream = File.Create(folder["d.parquet"]))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], new[] { Samples.PngDigit(10), Samples.PngDigit(20) });
            await group.WriteAsync<int>(schema.DataFields[1], new[] { 7, 2 });
        }
        ImageSet set = ImageSource.Open(folder["d.parquet"], Split.All);
        Assert.Equal((2, 10), (set.Count, (int)set.Image(0)[100]));
        Assert.Equal(new int[] { 7, 2 }, set.Labels);
    }

    [Fact]
    public async Task Open_CorruptImage_IsNamedByRowOrSkipped()
    {
        using var folder = new TemporaryFolder();
        await HuggingFace(folder["d.parquet"], [Samples.PngDigit(10), null, Samples.PngDigit(30)], ["a", "b", "c"], [7, 2, 3]);
        Assert.StartsWith($"'{folder["d.parquet"]}, row 1': offset 0: expected a PNG",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder["d.parquet"], Split.All)).Message);
        ImageSet set = ImageSource.Open(folder["d.parquet"], Split.All, new() { SkipBad = true });
        Assert.Equal(["a", "c"], set.FileNames!);
        Assert.Equal(new int[] { 7, 3 }, set.Labels);
        Assert.Single(set.Skipped);
    }

    [Fact]
    public async Task Open_LabelThatIsNoClass_IsReadWithoutLabelsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        await HuggingFace(folder["d.parquet"], [Samples.PngDigit(200)], ["a"], [-1]);
        ImageSet set = ImageSource.Open(folder["d.parquet"], Split.All);
        Assert.Equal((1, null), (set.Count, set.Labels));
        Assert.Equal([$"'{folder["d.parquet"]}, column 'label'': labels are left out: that of image 0 should be a class in 0..4095, "
            + "was -1"],
            set.Remarks);
    }

    [Fact]
    public void Open_EmbeddingsInsteadOfImages_NamesTheColumns()
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.parquet"], new(["a"], [1, 2]));
        Assert.Equal($"'{folder["e.parquet"]}': expected a binary column, best image.bytes, found name, embedding/list/element; name "
            + $"another file.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder["e.parquet"], Split.All)).Message);
    }

    // Truncation is always seen; a flipped bit inside an image need not be, but nothing else than InvalidDataException may come of it.
    [Fact]
    public async Task Open_DamagedFile_IsInvalidDataAtMost()
    {
        using var folder = new TemporaryFolder();
        await HuggingFace(folder["d.parquet"], [Samples.PngDigit(10), Samples.PngDigit(20)], ["a", "b"], [7, 2]);
        byte[] whole = File.ReadAllBytes(folder["d.parquet"]);
        Damage.RequireEveryTruncationRefused(folder, whole, path => ImageSource.Open(path, Split.All), step: 7);
        Damage.RequireFlipsHarmless(folder, whole, path => ImageSource.Open(path, Split.All), count: 600);
    }

    // One byte of the footer is wrong, which Parquet.Net read for ever; and a page whose packed bytes are wrong, which its codec met with
    // an exception of its own.
    [Theory]
    [InlineData("parquet-footer-one-byte.parquet", "offset 26274: expected a sound footer of 1034 bytes, found its end before that;")]
    [InlineData("parquet-zstd-corrupt.parquet", "expected a sound Parquet file, found otherwise: ")]
    public async Task Open_DamagedFile_IsRefusedInALine(string name, string message)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Cases", name);
        Exception? thrown = await Task.Run(() => Record.Exception(() => ImageSource.Open(path, Split.All)))
            .WaitAsync(TimeSpan.FromSeconds(10));
        Assert.StartsWith($"'{path}': {message}", Assert.IsType<InvalidDataException>(thrown).Message);
    }

    static async Task HuggingFace(string path, byte[]?[] images, string?[] names, long[] labels)
    {
        var schema =
            new ParquetSchema(new StructField("image", new DataField("bytes", typeof(byte[])), new DataField("path", typeof(string))),
            new DataField<long>("label", nullable: true));
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync(schema.DataFields[0], images!);
        await group.WriteAsync(schema.DataFields[1], names!);
        await group.WriteAsync<long>(schema.DataFields[2], labels.Select(label => (long?)label).ToArray());
    }

    static async Task PlainBinary(string path, params byte[][] images)
    {
        var schema = new ParquetSchema(new DataField("picture", typeof(byte[])));
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync(schema.DataFields[0], images);
    }
}
