using System.Security.Cryptography;
using Toolchain.Data.Published;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests.Published;

/// <summary>Published datasets by small stand-ins of their files, each with the digest that its table states.</summary>
public sealed class PublishedSourceTests
{
    // Three images to train on and two to test on, the labels of the latter as QMNIST has them.
    static readonly Dictionary<string, byte[]> files = new()
    {
        ["a-images.gz"] = Samples.Gzip(Samples.IdxImages(3)),
        ["a-labels.gz"] = Samples.Gzip(Samples.IdxLabels(7, 0, 9)),
        ["b-images.gz"] = Samples.Gzip(Samples.IdxImages(2)),
        ["b-labels.gz"] = Samples.Gzip([0, 0, 0x0C, 2, 0, 0, 0, 2, 0, 0, 0, 8, .. Wide(4), .. Wide(5)]),
    };

    public static TheoryData<string> Names => [.. ImageSource.Published];

    [Fact]
    public void Open_StandInOfAServer_IsReadCheckedAndKept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LocalServer(files);
        PublishedDataset dataset = StandIn(new Uri(server.Address, "set/"));
        ImageSet all = PublishedSource.Open(dataset, Split.All, Options(folder));
        Assert.Equal(new int[] { 7, 0, 9, 4, 5 }, all.Labels);
        Assert.Equal([.. Samples.IdxImages(3)[16..], .. Samples.IdxImages(2)[16..]], all.Pixels);
        Assert.Equal(["/set/a-images.gz", "/set/a-labels.gz", "/set/b-images.gz", "/set/b-labels.gz"], server.Asked);
        Assert.Equal(files.Keys.Order(), Directory.GetFiles(folder["cache/stand-in"]).Select(Path.GetFileName).Order());
        Assert.Equal(all.Sha256, PublishedSource.Open(dataset, Split.All, Options(folder) with { Offline = true }).Sha256);
    }

    [Fact]
    public void Open_AnswerOfAnotherDigest_IsRefusedAndNotKept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LocalServer(new(files) { ["a-images.gz"] = Samples.Gzip(Samples.IdxImages(2)) });
        string message = Assert.Throws<DatasetUnavailableException>(() =>
            PublishedSource.Open(StandIn(server.Address), Split.Train, Options(folder))).Message;
        Assert.StartsWith($"Stand-in: 'a-images[.gz]' is not in '{folder["data/stand-in"]}' or '{folder["cache/stand-in"]}', and "
            + $"{server.Address}a-images.gz ('{server.Address}a-images.gz': expected MD5 ", message, StringComparison.Ordinal);
        Assert.EndsWith($"Put {server.Address}a-images.gz there, set UVL_DATA_DIR to a folder with stand-in/ in it, or use --data strokes.",
            message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["cache"]));
    }

    [Fact]
    public void Open_UncompressedFilesOfTheUser_AreReadByTheirSize()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data/stand-in/a-images", Samples.IdxImages(3));
        folder.Write("data/stand-in/a-labels", Samples.IdxLabels(1, 2, 3));
        PublishedDataset dataset = StandIn(new("http://nowhere/"));
        Assert.Equal(new int[] { 1, 2, 3 }, PublishedSource.Open(dataset, Split.Train, Options(folder) with { Offline = true }).Labels);
        string path = folder.Write("data/stand-in/a-images", Samples.IdxImages(2));
        Assert.StartsWith($"'{path}': ends at offset {16 + 2 * 784}, expected {16 + 3 * 784} bytes of a-images",
            Assert.Throws<InvalidDataException>(() => PublishedSource.Open(dataset, Split.Train, Options(folder))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Open_NotThereAndOffline_SaysWhichFileToPutWhere(string name)
    {
        using var folder = new TemporaryFolder();
        PublishedDataset dataset = PublishedTable.All.Single(each => each.Name == name);
        PublishedFile first = dataset.Test.Files[0];
        string file = $"'{first.Name}{(first.Ending.Length > 0 ? $"[{first.Ending}]" : "")}'",
            at = name.Split('-') is ["emnist", _] ? "emnist" : name;
        Assert.Equal($"{dataset.Title}: {(dataset.Archive is { } archive ? $"neither {file} nor '{archive.Name}' is" : $"{file} is not")} "
            + $"in '{folder[$"data/{at}"]}' or '{folder[$"cache/{at}"]}', and the network was not asked (offline). Put "
            + $"{dataset.Mirrors[0]}{dataset.Archive?.Name ?? first.PublishedName} there, set UVL_DATA_DIR to a folder with {at}/ in it, "
            + "or use --data strokes.",
            Assert.Throws<DatasetUnavailableException>(() => ImageSource.Open(name, Split.Test, Options(folder) with { Offline = true }))
                .Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Table_OfEachDataset_IsWhole(string name)
    {
        PublishedDataset dataset = PublishedTable.All.Single(each => each.Name == name);
        Assert.Equal(dataset.Card.Classes.Count, dataset.Card.Classes.Distinct().Count());
        Assert.All(dataset.Mirrors, mirror => Assert.EndsWith("/", mirror.AbsolutePath, StringComparison.Ordinal));
        foreach (PublishedFile file in dataset.Train.Files.Concat(dataset.Test.Files))
        {
            Assert.Matches(file.Sha256 is null ? "^[0-9a-f]{32}$" : "^[0-9a-f]{64}$", file.Sha256 ?? file.Md5 ?? dataset.Archive!.Md5);
        }
    }

    [Fact]
    public void All_Classes_StandInTheOrderOfTheLabels()
    {
        Assert.Equal("trouser", PublishedTable.All.Single(dataset => dataset.Name == "fashion-mnist").Card.Classes[1]);
        IReadOnlyList<string> balanced = Of("emnist-balanced").Card.Classes;
        Assert.Equal((47, "9", "A", "a", "t"), (balanced.Count, balanced[9], balanced[10], balanced[36], balanced[46]));
        Assert.Equal((26, "a"), (Of("emnist-letters").Card.Classes.Count, Of("emnist-letters").Card.Classes[0]));

        static PublishedDataset Of(string name) => PublishedTable.All.Single(dataset => dataset.Name == name);
    }

    // As EMNIST: rows and columns swapped, the first label 1.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_Archive_IsReadFromTheUsersFolderOrKept(bool isGiven)
    {
        using var folder = new TemporaryFolder();
        byte[] zip = Samples.Zip([.. files.Select(file => ($"all/{file.Key}", file.Value))]);
        using var server = new LocalServer(new() { ["all.zip"] = zip });
        PublishedDataset dataset = StandIn(server.Address) with
        {
            Folder = "shared",
            Archive = new("all.zip", "all/", Convert.ToHexStringLower(MD5.HashData(zip))),
            Reader = PublishedReaders.TransposedIdx(1),
        };
        if (isGiven)
        {
            folder.Write("data/shared/all.zip", zip);
        }
        ImageSet test = PublishedSource.Open(dataset, Split.Test, Options(folder));
        Assert.Equal(new int[] { 3, 4 }, test.Labels);
        byte[] stored = Samples.IdxImages(2)[16..];
        Assert.All(Enumerable.Range(0, 2 * 784), i => Assert.Equal(stored[i / 784 * 784 + i % 28 * 28 + i / 28 % 28], test.Pixels[i]));
        Assert.Equal(isGiven ? [] : ["/all.zip"], server.Asked);
        Assert.Equal(!isGiven, System.IO.File.Exists(folder["cache/shared/all.zip"]));
    }

    [Fact]
    public void Open_ArchiveOfAnotherDigest_IsRefusedAndNotKept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LocalServer(new() { ["all.zip"] = Samples.Zip([("all/a-images.gz", files["a-images.gz"])]) });
        PublishedDataset dataset = StandIn(server.Address) with { Archive = new("all.zip", "all/", new('0', 32)) };
        Assert.StartsWith($"Stand-in: neither 'a-images[.gz]' nor 'all.zip' is in '{folder["data/stand-in"]}' or "
            + $"'{folder["cache/stand-in"]}', and {server.Address}all.zip ('{server.Address}all.zip': expected MD5 "
            + $"{new string('0', 32)} of",
            Assert.Throws<DatasetUnavailableException>(() => PublishedSource.Open(dataset, Split.Train, Options(folder))).Message,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["cache/stand-in"]));
    }

    static byte[] Wide(byte label) => [0, 0, 0, label, .. new byte[28]];

    static PublishedDataset StandIn(Uri mirror) =>
        new("stand-in", "Stand-in", [mirror], new(ImageShape.Mnist, FitMode.Digit, ImageContent.Writing, ImageClasses.Digits.AllNames()),
            new(3, File("a-images", 16 + 3 * 784), File("a-labels", 11)),
            new(2, File("b-images", 16 + 2 * 784), File("b-labels", 12 + 2 * 32)));

    static PublishedFile File(string name, int size) =>
        new(name, null, Convert.ToHexStringLower(MD5.HashData(files[$"{name}.gz"])), size);

    static ImageSourceOptions Options(TemporaryFolder folder) => new() { DataFolder = folder["data"], CacheFolder = folder["cache"] };
}
