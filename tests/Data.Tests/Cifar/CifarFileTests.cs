using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests.Cifar;

public sealed class CifarFileTests
{
    [Fact]
    public void Open_TwoRecords_AreColourWithTheirLabels()
    {
        using var folder = new TemporaryFolder();
        byte[] frog = Record(6, 10), ship = Record(8, 20);
        ImageSet set = ImageSource.Open(folder.Write("data_batch_1.bin", [.. frog, .. ship]), Split.All);
        Assert.Equal(("data_batch_1.bin", 2, new ImageShape(3, 32, 32), ImageContent.Objects),
            (set.Name, set.Count, set.Shape, set.Content));
        Assert.Equal(new int[] { 6, 8 }, set.Labels);
        Assert.Equal(("frog", "ship"), (set.Classes!.NameOf(6), set.Classes.NameOf(8)));
        Assert.Equal<byte>([.. frog[1..], .. ship[1..]], set.Pixels);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(0, 1)]
    public void Open_OtherLabelOrSize_IsNoBatch(byte label, int extra)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("x.bin", [.. Record(1, 3), .. Record(label, 20), .. new byte[extra]]);
        Assert.StartsWith($"'{path}': offset 0: expected images as IDX, .npy, .npz, CSV, Parquet, tar, CIFAR-10's binary batches, PNG",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message, StringComparison.Ordinal);
    }

    // Red, green and blue differ, and no two pixels of a row are alike.
    static byte[] Record(byte label, int start) =>
        [label, .. Enumerable.Range(0, 3072).Select(i => (byte)(start + i / 1024 * 50 + i % 32))];
}
