using System.Security.Cryptography;
using System.Text;
using Toolchain.Data.Published;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests.Published;

/// <summary>USPS by small stand-ins of its files: three images to train on, two to test on.</summary>
public sealed class UspsSourceTests
{
    // Values in eighths from -1 to 1: the pixels 0, 16, 32, 48, 64, 80, 96, 112, 128 (127.5, rounded to even), 143, ... 255.
    static readonly string train = Lines(10, 1, 3), test = Lines(2, 7);

    static readonly Dictionary<string, byte[]> files = new()
    {
        ["usps.bz2"] = Samples.Bzip2(Encoding.ASCII.GetBytes(train)),
        ["usps.t.bz2"] = Samples.Bzip2(Encoding.ASCII.GetBytes(test)),
    };

    [Fact]
    public void Open_FilesOfAServer_AreReadCheckedAndKept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LocalServer(files);
        PublishedDataset dataset = StandIn with { Mirrors = [server.Address] };
        ImageSet all = PublishedSource.Open(dataset, Split.All, Options(folder));
        Assert.Equal(("usps", 5, new ImageShape(1, 16, 16), ImageContent.Writing, FitMode.Digit),
            (all.Name, all.Count, all.Shape, all.Content, all.Preprocess.Fit));
        Assert.True(all.Classes!.AreDigits);
        Assert.Equal(new int[] { 9, 0, 2, 1, 6 }, all.Labels);
        Assert.Equal<byte>([0, 16, 32, 48, 64, 80, 96, 112, 128, 143, 159, 175, 191, 207, 223, 239, 255, 0], all.Pixels[..18]);
        Assert.Equal(["/usps.bz2", "/usps.t.bz2"], server.Asked);
        Assert.Equal(files["usps.bz2"], File.ReadAllBytes(folder["cache/usps/usps.bz2"]));
        Assert.Equal(all.Sha256, PublishedSource.Open(dataset, Split.All, Options(folder) with { Offline = true }).Sha256);
    }

    [Fact]
    public void Open_UnpackedFile_IsRead()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data/usps/usps.t", Encoding.ASCII.GetBytes(test));
        Assert.Equal(new int[] { 1, 6 }, PublishedSource.Open(StandIn, Split.Test, Options(folder) with { Offline = true }).Labels);
    }

    [Fact]
    public void Open_DownloadOfOtherBytes_IsRefusedAndNotKept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LocalServer(files);
        string message = Assert.Throws<DatasetUnavailableException>(() =>
            ImageSource.Open("usps", Split.Test, Options(folder) with { Mirrors = [server.Address] })).Message;
        Assert.Contains($"{server.Address}usps.t.bz2 ('{server.Address}usps.t.bz2': expected MD5 8ea070ee2aca1ac39742fdd1ef5ed118 of the "
            + "file, found ", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["cache"]));
    }

    // Made by Python's bz2 of "1 1:-1 2:1 4:0.5\n10 3:-0.25\n".
    [Fact]
    public void Open_FileOfAnotherPacker_IsRead()
    {
        using var folder = new TemporaryFolder();
        byte[] packed = Convert.FromBase64String(
            "QlpoOTFBWSZTWZXZG98AAAbYAAAQQAN+ECAAIam9U09BCAaaaMTTjUIffAOo5ZlbPxdyRThQkJXZG98=");
        folder.Write("data/usps/usps.t.bz2", packed);
        PublishedDataset dataset = StandIn with
        {
            Card = StandIn.Card with { Shape = new(1, 2, 2) },
            Test = new(2, new PublishedFile("usps.t", null, Convert.ToHexStringLower(MD5.HashData(packed)), null) { Ending = ".bz2" }),
        };
        ImageSet set = PublishedSource.Open(dataset, Split.Test, Options(folder));
        Assert.Equal(new int[] { 0, 9 }, set.Labels);
        Assert.Equal<byte>([0, 255, 128, 191, 128, 128, 96, 128], set.Pixels);
    }

    [Theory]
    [InlineData("0 1:1", "line 1: expected a label in [1..10], found '0'")]
    [InlineData("\n11 1:1", "line 2: expected a label in [1..10], found '11'")]
    [InlineData("1.5 1:1", "line 1: expected a label in [1..10], found '1.5'")]
    [InlineData("<html>", "line 1: expected a label in [1..10], found '<html>'")]
    [InlineData("nan 1:1", "line 1: expected a label in [1..10], found 'nan'")]
    [InlineData("1 0:1", "line 1: expected index:value with an index in [1..256], found '0:1'")]
    [InlineData("1 1:1 257:1", "line 1: expected index:value with an index in [2..256], found '257:1'")]
    [InlineData("1 3:1 3:1", "line 1: expected index:value with an index in [4..256], found '3:1'")]
    [InlineData("1 256:1 256:1", "line 1: expected index:value with an index in [257..256], found '256:1'")]
    [InlineData("1 17", "line 1: expected index:value with an index in [1..256], found '17'")]
    [InlineData("1 nan:1", "line 1: expected index:value with an index in [1..256], found 'nan:1'")]
    [InlineData("1 1:1.001", "line 1: expected index:value with a value in [-1..1], found '1:1.001'")]
    [InlineData("1 1:nan", "line 1: expected index:value with a value in [-1..1], found '1:nan'")]
    [InlineData("1 1:", "line 1: expected index:value with a value in [-1..1], found '1:'")]
    public void Open_MalformedLine_SaysWhichAndWhatWasExpected(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/usps/usps.t", Encoding.ASCII.GetBytes(text));
        Assert.Equal($"'{path}': {message}; get the file again.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open("usps", Split.Test, Options(folder))).Message);
    }

    [Fact]
    public void Open_FewerImages_SaysHowMany()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/usps/usps.t", Encoding.ASCII.GetBytes(test));
        Assert.Equal($"'{path}': expected 2007 images of 16 x 16 with labels, found 2 with 2 labels; get the file again.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open("usps", Split.Test, Options(folder))).Message);
    }

    static PublishedDataset StandIn => PublishedTable.All.Single(dataset => dataset.Name == "usps") with
    {
        Train = new(3, Stated("usps")),
        Test = new(2, Stated("usps.t")),
    };

    static PublishedFile Stated(string name) =>
        new(name, null, Convert.ToHexStringLower(MD5.HashData(files[$"{name}.bz2"])), null) { Ending = ".bz2" };

    static string Lines(params int[] labels)
    {
        string values = string.Join(' ', Enumerable.Range(0, 256).Select(i => FormattableString.Invariant($"{i + 1}:{i % 17 / 8.0 - 1}")));
        return string.Concat(labels.Select(label => $"{label} {values} \n"));
    }

    static ImageSourceOptions Options(TemporaryFolder folder) => new() { DataFolder = folder["data"], CacheFolder = folder["cache"] };
}
