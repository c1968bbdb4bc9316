using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Toolchain.Data.Published;

/// <summary>Downloads a file of a published dataset from the first mirror that has the right bytes, into the cache.</summary>
static class PublishedDownload
{
    // The largest is Fashion-MNIST's, 26 MB gzipped; an answer beyond this is something else.
    const int LongestAnswerBytes = 64 << 20;

    const int ReportEveryBytes = 1 << 18;

    // A program compiled ahead of time without the web client sets this switch; then the client is not even in it.
    [FeatureSwitchDefinition("Toolchain.Data.Downloads")]
    static bool HasClient => !AppContext.TryGetSwitch("Toolchain.Data.Downloads", out bool enabled) || enabled;

    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10), AnswerTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The uncompressed bytes, checked; the cache file is written whole or not at all.</summary>
    /// <exception cref="DatasetUnavailableException">No mirror gave the file.</exception>
    public static byte[] Fetch(PublishedDataset dataset, PublishedFile file, string cachePath, IReadOnlyList<string> lookedIn,
        ImageSourceOptions options)
    {
        var tried = new List<string>();
        Exception? last = null;
        if (!HasClient)
        {
            tried.Add("this program has no web client");
        }
        else if (options.Offline)
        {
            tried.Add("the network was not asked (offline)");
        }
        else
        {
            using HttpClient client = options.HttpHandler is { } handler
                ? new(handler, disposeHandler: false)
                : new(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout });
            client.Timeout = AnswerTimeout;
            foreach (Uri mirror in options.Mirrors ?? dataset.Mirrors)
            {
                var address = new Uri(mirror, file.Name + ".gz");
                try
                {
                    using MemoryStream packed = Download(client, address, options.Progress);
                    byte[] bytes = file.ReadChecked(packed, address.ToString());
                    Keep(packed, cachePath);
                    return bytes;
                }
                catch (Exception failure)
                    when (failure is HttpRequestException or OperationCanceledException or IOException or InvalidDataException)
                {
                    tried.Add($"{address} ({failure.Message.ReplaceLineEndings(" ")})");
                    last = failure;
                }
            }
        }
        throw new DatasetUnavailableException(
            $"{dataset.Title}: '{file.Name}[.gz]' is not in {string.Join(" or ", lookedIn.Select(folder => $"'{folder}'"))}, and "
            + $"{string.Join("; ", tried)}. "
            + $"Set UVL_DATA_DIR to a folder with {dataset.Name}/ in it, or use --data strokes.", last);
    }

    static MemoryStream Download(HttpClient client, Uri address, IProgress<DownloadProgress>? progress)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        using Stream body = response.Content.ReadAsStream();
        var received = new MemoryStream();
        byte[] buffer = new byte[ReportEveryBytes];
        for (int count; (count = body.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            received.Write(buffer, 0, count);
            progress?.Report(new(address, received.Length, response.Content.Headers.ContentLength));
            if (received.Length > LongestAnswerBytes)
            {
                throw new InvalidDataException($"the answer is longer than {LongestAnswerBytes} bytes");
            }
        }
        received.Position = 0;
        return received;
    }

    // A cache that cannot be written is no reason to stop: the bytes are here.
    static void Keep(MemoryStream packed, string cachePath)
    {
        try
        {
            AtomicFile.Write(cachePath, stream => stream.Write(packed.ToArray()));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
        }
    }
}
