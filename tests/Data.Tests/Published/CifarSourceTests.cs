using System.Formats.Tar;
using System.Security.Cryptography;
using Toolchain.Data.Cifar;
using Toolchain.Data.Published;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests.Published;

/// <summary>CIFAR-10 by small stand-ins of its files: two batches to train on, one to test on.</summary>
public sealed class CifarSourceTests
{
    const string Inside = "cifar-10-batches-bin/";

    static readonly Dictionary<string, byte[]> files = new()
    {
        ["data_batch_1.bin"] = [.. Record(6, 10), .. Record(0, 30)],
        ["data_batch_2.bin"] = Record(9, 50),
        ["test_batch.bin"] = [.. Record(3, 70), .. Record(1, 90)],
    };

    // The published archive has the batches in another order, and other files beside them.
    static readonly byte[] archive = Tar("readme.html", "data_batch_2.bin", "test_batch.bin", "data_batch_1.bin");

    [Fact]
    public void Open_ArchiveOfAServer_IsReadCheckedAndKept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LocalServer(new() { ["cifar-10-binary.tar.gz"] = archive });
        PublishedDataset dataset = StandIn with { Mirrors = [new(server.Address, "kriz/")] };
        ImageSet all = PublishedSource.Open(dataset, Split.All, Options(folder));
        Assert.Equal(("cifar10", 5, new ImageShape(3, 32, 32), ImageContent.Objects, FitMode.Letterbox),
            (all.Name, all.Count, all.Shape, all.Content, all.Preprocess.Fit));
        Assert.Equal(new int[] { 6, 0, 9, 3, 1 }, all.Labels);
        Assert.Equal(("frog", "automobile"), (all.Classes!.NameOf(6), all.Classes.NameOf(1)));
        Assert.Equal<byte>([.. Record(6, 10)[1..], .. Record(0, 30)[1..], .. Record(9, 50)[1..], .. Record(3, 70)[1..],
            .. Record(1, 90)[1..]], all.Pixels);
        Assert.Equal(["/kriz/cifar-10-binary.tar.gz"], server.Asked);
        Assert.Equal(archive, File.ReadAllBytes(folder["cache/cifar10/cifar-10-binary.tar.gz"]));
        Assert.Equal(all.Sha256, PublishedSource.Open(dataset, Split.All, Options(folder) with { Offline = true }).Sha256);
    }

    [Theory]
    [InlineData("data/cifar10/")]
    [InlineData($"data/cifar10/{Inside}")]
    [InlineData($"cache/cifar10/{Inside}")]
    public void Open_UnpackedFiles_AreReadWithoutTheArchive(string below)
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, byte[] bytes) in files)
        {
            folder.Write(below + name, bytes);
        }
        Assert.Equal(new int[] { 6, 0, 9 }, PublishedSource.Open(StandIn, Split.Train, Options(folder) with { Offline = true }).Labels);
        ImageSet test = PublishedSource.OpenFolder(StandIn, folder[below], Split.Test)!;
        Assert.Equal(("cifar10", Split.Test), (test.Name, test.Split));
        Assert.Equal(new int[] { 3, 1 }, test.Labels);
    }

    [Fact]
    public void OpenFolder_WithoutOneBatch_IsNoDataset()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data_batch_1.bin", files["data_batch_1.bin"]);
        Assert.Null(PublishedSource.OpenFolder(StandIn, folder.Root, Split.Train));
    }

    [Fact]
    public void Open_LabelOfNoClass_SaysWhere()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/cifar10/test_batch.bin", [.. Record(3, 70), .. Record(200, 90)]);
        Assert.Equal($"'{path}': offset 3073: expected a label in [0..10), found 200; get the file again.",
            Assert.Throws<InvalidDataException>(() => PublishedSource.Open(StandIn, Split.Test, Options(folder))).Message);
    }

    [Fact]
    public void Open_TruncatedBatch_SaysWhere()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/cifar10/test_batch.bin", Record(3, 70));
        Assert.Equal($"'{path}': ends at offset 3073, expected 6146 bytes of test_batch.bin from offset 0, found 3073; the file is "
            + "truncated, get it again.",
            Assert.Throws<InvalidDataException>(() => PublishedSource.Open(StandIn, Split.Test, Options(folder))).Message);
    }

    [Fact]
    public void Open_ArchiveWithoutABatch_NamesIt()
    {
        using var folder = new TemporaryFolder();
        byte[] small = Tar("data_batch_1.bin");
        string path = folder.Write("data/cifar10/cifar-10-binary.tar.gz", small);
        Assert.Equal($"'{path}': expected '{Inside}data_batch_2.bin' in it, found no such file.", Assert.Throws<InvalidDataException>(() =>
            PublishedSource.Open(StandIn with { Archive = Archive(small) }, Split.Train, Options(folder))).Message);
    }

    [Fact]
    public void Open_ArchiveOfOtherBytes_SaysBothDigests()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/cifar10/cifar-10-binary.tar.gz", archive);
        Assert.Equal($"'{path}': expected MD5 c32a1d4ab5d03f1284b67883e8d87530 of the file, found {Archive(archive).Md5}; delete the file, "
            + "and it is downloaded again.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open("cifar10", Split.Test, Options(folder))).Message);
    }

    static PublishedDataset StandIn => PublishedTable.Cifar10 with
    {
        Archive = Archive(archive),
        Train = new(3, Batch("data_batch_1.bin"), Batch("data_batch_2.bin")),
        Test = new(2, Batch("test_batch.bin")),
    };

    static PublishedFile Batch(string name) => new(name, null, null, files[name].Length) { Ending = "" };

    static PublishedArchive Archive(byte[] bytes) =>
        new("cifar-10-binary.tar.gz", Inside, Convert.ToHexStringLower(MD5.HashData(bytes)));

    static byte[] Tar(params string[] names)
    {
        using var file = new MemoryStream();
        using (var tar = new TarWriter(file, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, Inside));
            foreach (string name in names)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, Inside + name)
                {
                    DataStream = new MemoryStream(files.GetValueOrDefault(name, [1, 2, 3])),
                });
            }
        }
        return Samples.Gzip(file.ToArray());
    }

    static byte[] Record(byte label, int start) =>
        [label, .. Enumerable.Range(0, CifarFile.RecordBytes - 1).Select(i => (byte)(start + i / 1024 * 50 + i % 32))];

    static ImageSourceOptions Options(TemporaryFolder folder) => new() { DataFolder = folder["data"], CacheFolder = folder["cache"] };
}
