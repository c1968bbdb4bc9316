using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Toolchain.Data.Published;

/// <summary>Downloads files of a published dataset from the first mirror that has the right bytes, into the cache.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="lookedIn">Folders that do not have the file, for errors.</param>
/// <param name="options">Mirrors, and whether the network may be asked.</param>
sealed class PublishedDownload(PublishedDataset dataset, IReadOnlyList<string> lookedIn, ImageSourceOptions options)
{
    // The largest single file is Fashion-MNIST's, 26 MB gzipped, the largest archive EMNIST's, 562 MB; a longer answer is something else.
    const long LongestFile = 64L << 20, LongestArchive = 1L << 30;

    const int ReportEveryBytes = 1 << 18;

    // A program compiled ahead of time without the web client sets this switch; then the client is not even in it.
    [FeatureSwitchDefinition("Toolchain.Data.Downloads")]
    static bool HasClient => !AppContext.TryGetSwitch("Toolchain.Data.Downloads", out bool enabled) || enabled;

    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10), AnswerTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The address and the uncompressed bytes of a file, checked; the cache file is written whole or not at all.</summary>
    /// <exception cref="DatasetUnavailableException">No mirror gave the file.</exception>
    public PublishedContent Fetch(PublishedFile file, string cachePath) =>
        FromMirrors(file.PublishedName, $"'{file.AnyName}' is not", (client, address) =>
        {
            using var packed = new MemoryStream();
            Download(client, address, packed, LongestFile);
            packed.Position = 0;
            byte[] bytes = file.ReadChecked(packed, address.ToString());
            Keep(packed, cachePath);
            return new PublishedContent(address.ToString(), bytes);
        });

    /// <summary>The path in the cache of an archive, checked; it is written whole or not at all.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="wanted">The file in it that is missed, for errors.</param>
    /// <param name="cachePath">Where to put it.</param>
    /// <exception cref="DatasetUnavailableException">No mirror gave the archive, or the cache cannot be written.</exception>
    public string Fetch(PublishedArchive archive, PublishedFile wanted, string cachePath) =>
        FromMirrors(archive.Name, $"neither '{wanted.AnyName}' nor '{archive.Name}' is", (client, address) =>
        {
            AtomicFile.Write(cachePath, stream =>
            {
                Download(client, address, stream, LongestArchive);
                archive.Check(stream, address.ToString());
            });
            return cachePath;
        });

    T FromMirrors<T>(string name, string missing, Func<HttpClient, Uri, T> fetch)
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
                var address = new Uri(mirror, name);
                try
                {
                    return fetch(client, address);
                }
                catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException
                    or UnauthorizedAccessException or InvalidDataException)
                {
                    tried.Add($"{address} ({failure.Message.ReplaceLineEndings(" ")})");
                    last = failure;
                }
            }
        }
        throw new DatasetUnavailableException(
            $"{dataset.Title}: {missing} in {string.Join(" or ", lookedIn.Select(folder => $"'{folder}'"))}, and "
            + $"{string.Join("; ", tried)}. "
            + $"Put {new Uri((options.Mirrors ?? dataset.Mirrors)[0], name)} there, set UVL_DATA_DIR to a folder with {dataset.Folder}/ in "
            + "it, or use --data strokes.", last);
    }

    void Download(HttpClient client, Uri address, Stream target, long longest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        using Stream body = response.Content.ReadAsStream();
        byte[] buffer = new byte[ReportEveryBytes];
        long received = 0;
        for (int count; (count = body.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            target.Write(buffer, 0, count);
            received += count;
            options.Progress?.Report(new(address, received, response.Content.Headers.ContentLength));
            if (received > longest)
            {
                throw new InvalidDataException($"the answer is longer than {longest} bytes");
            }
        }
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
