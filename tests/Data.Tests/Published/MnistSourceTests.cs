using System.Net;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests.Published;

public sealed class MnistSourceTests
{
    [Fact]
    public void Open_Test_IsTheTestSetOfMnist()
    {
        Assert.SkipUnless(RealFolder() is not null, "MNIST is not here: set UVL_DATA_DIR to a folder with mnist/ in it.");
        ImageSet set = ImageSource.Open("mnist", Split.Test, new() { Offline = true });
        Assert.Equal(10_000, set.Count);
        Assert.Equal(new int[] { 7, 2, 1, 0, 4, 1, 4, 9, 5, 9 }, set.Labels![..10]);
        Assert.Equal(980, set.Labels!.Count(label => label == 0));
        Assert.Equal("mnist", set.Name);
    }

    [Fact]
    public void Open_All_IsTrainThenTest()
    {
        Assert.SkipUnless(RealFolder() is not null, "MNIST is not here: set UVL_DATA_DIR to a folder with mnist/ in it.");
        ImageSet all = ImageSource.Open("mnist", Split.All, new() { Offline = true }),
            train = ImageSource.Open("mnist", Split.Train, new() { Offline = true });
        Assert.Equal((70_000, 60_000), (all.Count, train.Count));
        Assert.Equal(new int[] { 5, 0, 4, 1, 9 }, train.Labels![..5]);
        Assert.True(all.Pixels.AsSpan(0, train.Pixels.Length).SequenceEqual(train.Pixels));
        Assert.Equal(7, all.Labels![60_000]);
    }

    [Fact]
    public void Open_NowhereAndOffline_SaysWhereItLooked()
    {
        using var folder = new TemporaryFolder();
        string message = Assert.Throws<DatasetUnavailableException>(() =>
            ImageSource.Open("mnist", Split.Test, Options(folder) with { Offline = true })).Message;
        Assert.Equal(
            $"MNIST: 't10k-images-idx3-ubyte[.gz]' is not in '{folder["data/mnist"]}' or '{folder["cache/mnist"]}', and the network was "
            + $"not asked (offline). "
            + "Put http://first/m/t10k-images-idx3-ubyte.gz there, set UVL_DATA_DIR to a folder with mnist/ in it, or use --data strokes.",
            message);
    }

    [Fact]
    public void Open_NoMirrorAnswers_NamesEachWithItsReason()
    {
        using var folder = new TemporaryFolder();
        var server = new Server(address => address.Host == "first" ? new(HttpStatusCode.Forbidden)
            : throw new HttpRequestException("no route"));
        string message = Assert.Throws<DatasetUnavailableException>(() =>
            ImageSource.Open("mnist", Split.Test, Options(folder) with { HttpHandler = server })).Message;
        Assert.Contains("http://first/m/t10k-images-idx3-ubyte.gz (the server answered 403 Forbidden); "
            + "http://second/t10k-images-idx3-ubyte.gz (no route).", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["cache"]));
    }

    [Fact]
    public void Open_AnswerOfOtherBytes_IsNotKept()
    {
        using var folder = new TemporaryFolder();
        var server = new Server(_ =>
        new(HttpStatusCode.OK) { Content = new ByteArrayContent(Samples.Gzip("<html>please log in</html>"u8.ToArray())) });
        Assert.Throws<DatasetUnavailableException>(() =>
            ImageSource.Open("mnist", Split.Test, Options(folder) with { HttpHandler = server }));
        Assert.False(Directory.Exists(folder["cache"]));
    }

    [Fact]
    public void Open_DamagedFile_SaysBothDigests()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/mnist/t10k-images-idx3-ubyte", new byte[7_840_016]);
        Assert.Equal(
            $"'{path}': expected SHA-256 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 of the 7840016 uncompressed "
            + $"bytes, "
            + "found 36e3a078b3b8f2b6ec0f557c8eebb6b356834ae1438fff3669344dd4d0d9782d; delete the file, and it is downloaded again.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open("mnist", Split.Test, Options(folder))).Message);
    }

    [Fact]
    public void Open_TruncatedFile_SaysWhere()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data/mnist/t10k-images-idx3-ubyte", new byte[100]);
        Assert.Equal($"'{path}': ends at offset 100, expected 7840016 bytes of t10k-images-idx3-ubyte from offset 0, found 100; the file "
            + $"is truncated, get it again.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open("mnist", Split.Test, Options(folder))).Message);
    }

    // Served from the real files, since only they have the published digests: the first mirror fails, the second answers, the cache then
    // serves alone.
    [Fact]
    public void Open_FromTheSecondMirror_FillsTheCacheAndReportsProgress()
    {
        Assert.SkipUnless(RealFolder() is not null, "MNIST is not here: set UVL_DATA_DIR to a folder with mnist/ in it.");
        using var folder = new TemporaryFolder();
        var server = new Server(address => address.Host == "first" ? new(HttpStatusCode.NotFound)
            : new(HttpStatusCode.OK)
            {
                Content =
            new ByteArrayContent(File.ReadAllBytes(Path.Combine(RealFolder()!, Path.GetFileName(address.LocalPath))))
            });
        var progress = new Reports();
        ImageSet downloaded = ImageSource.Open("mnist", Split.Test, Options(folder) with { HttpHandler = server, Progress = progress });
        Assert.Equal(10_000, downloaded.Count);
        Assert.Equal(["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"], Directory.GetFiles(folder["cache/mnist"])
            .Select(Path.GetFileName).Order());
        Assert.Contains(progress.Seen, report => report.ReceivedBytes == report.TotalBytes);
        Assert.Equal(downloaded.Sha256, ImageSource.Open("mnist", Split.Test, Options(folder) with { Offline = true }).Sha256);
    }

    static ImageSourceOptions Options(TemporaryFolder folder) =>
        new() { DataFolder = folder["data"], CacheFolder = folder["cache"], Mirrors = [new("http://first/m/"), new("http://second/")] };

    static string? RealFolder() =>
        Environment.GetEnvironmentVariable("UVL_DATA_DIR") is { } data
        && File.Exists(Path.Combine(data, "mnist", "t10k-images-idx3-ubyte.gz")) ? Path.Combine(data, "mnist") : null;

    sealed class Reports : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Seen { get; } = [];

        public void Report(DownloadProgress value) => Seen.Add(value);
    }

    sealed class Server(Func<Uri, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer(request.RequestUri!);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
