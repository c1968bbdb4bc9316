using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;

namespace Toolchain.Data.Tests;

public sealed partial class EmbeddingFileTests
{
    [Theory]
    [InlineData("e.parquet")]
    [InlineData("e.arrow")]
    [InlineData("e.npy")]
    public void Write_Twice_GivesTheSameBytes(string name)
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder[name], Table());
        byte[] first = File.ReadAllBytes(folder[name]);
        EmbeddingFile.Write(folder[name], Table());
        Assert.Equal(first, File.ReadAllBytes(folder[name]));
    }

    // The bytes must not tell how rows came: one by one, in sevens, or all at once, over the border of a row group.
    [Theory]
    [InlineData("e.csv")]
    [InlineData("e.parquet")]
    [InlineData("e.arrow")]
    [InlineData("e.npy")]
    public void Writer_RowsInAnyPieces_GivesTheSameBytes(string name)
    {
        using var folder = new TemporaryFolder();
        const int count = 16_384 + 10;
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"{i}")];
        float[] values = [.. Enumerable.Range(0, 2 * count).Select(i => i / 3f)];
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 10)];
        byte[][] files = [.. new[] { count, 64, 7 }.Select(piece =>
        {
            using EmbeddingWriter writer = EmbeddingFile.Create(folder[name], new(2, true, false, 0));
            for (int start = 0; start < count; start += piece)
            {
                int length = Math.Min(piece, count - start);
                writer.Write(new(names.AsMemory(start, length), values.AsMemory(2 * start, 2 * length), labels.AsMemory(start, length),
                    default, default));
            }
            writer.Finish();
            return File.ReadAllBytes(folder[name]);
        })];
        Assert.All(files, file => Assert.Equal(files[0], file));
    }

    [Theory]
    [InlineData("e.csv")]
    [InlineData("e.parquet")]
    [InlineData("e.arrow")]
    [InlineData("e.npy")]
    public void Writer_NotFinished_LeavesTheOldFileAndNothingElse(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, [1, 2, 3]);
        using (EmbeddingWriter writer = EmbeddingFile.Create(folder[name], new(1, false, false, 0)))
        {
            writer.Write(new(new[] { "a" }, new[] { 1f }, default, default, default));
        }
        Assert.Equal([name], Directory.GetFiles(folder.Root).Select(Path.GetFileName));
        Assert.Equal(new byte[] { 1, 2, 3 }, File.ReadAllBytes(folder[name]));
    }

    [Fact]
    public void Writer_ClustersWithoutEmbeddings_AreTheNpyItself()
    {
        using var folder = new TemporaryFolder();
        using (EmbeddingWriter writer = EmbeddingFile.Create(folder["c.npy"], new(0, false, true, 0)))
        {
            writer.Write(new(new[] { "a", "b" }, default, default, new[] { 7L, 3 }, default));
            writer.Finish();
        }
        Assert.Equal([7L, 3L], NpyFile.Read(folder["c.npy"]).ToArray<long>());
        Assert.Equal(["c.names.txt", "c.npy"], Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order());
    }
}
