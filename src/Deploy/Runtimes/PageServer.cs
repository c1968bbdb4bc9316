using System.Net;

namespace Toolchain.Deploy.Runtimes;

/// <summary>A file server on the loopback address for one page, which sends its outputs back by POST.</summary>
sealed class PageServer : IDisposable
{
    // Ports without an owner (IANA), of which one is drawn.
    const int FirstPort = 49152, LastPort = 65535, Attempts = 20;

    readonly HttpListener listener;
    readonly IReadOnlyDictionary<string, string> folders;
    readonly string output;
    readonly TaskCompletionSource<string> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    PageServer(HttpListener listener, IReadOnlyDictionary<string, string> folders, string output)
    {
        (this.listener, this.folders, this.output) = (listener, folders, output);
        _ = Task.Run(Serve);
    }

    /// <summary>Such as "http://127.0.0.1:50000/".</summary>
    public Uri Address => new(listener.Prefixes.First());

    /// <summary>What the page sent as <c>out/done</c>: exit status and text, a line each.</summary>
    public Task<string> Done => done.Task;

    /// <summary>Starts one.</summary>
    /// <param name="folders">Folder of the files below each first part of a path.</param>
    /// <param name="output">Folder for what the page sends.</param>
    public static PageServer Start(IReadOnlyDictionary<string, string> folders, string output)
    {
        for (int attempt = 0; ; attempt++)
        {
            var listener = new HttpListener();
            listener.Prefixes.Add(FormattableString.Invariant($"http://127.0.0.1:{Random.Shared.Next(FirstPort, LastPort)}/"));
            try
            {
                listener.Start();
                return new(listener, folders, output);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                listener.Close();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Close();

    async Task Serve()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync().ConfigureAwait(false);
                try
                {
                    await Answer(context).ConfigureAwait(false);
                }
                catch (Exception error) when (error is HttpListenerException or IOException)
                {
                    // The browser gave up this request; it asks again or says what it lacks.
                }
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            done.TrySetException(new IOException("the page's server ended", error));
        }
    }

    async Task Answer(HttpListenerContext context)
    {
        string[] parts = context.Request.Url!.AbsolutePath.Split('/', 3);
        using HttpListenerResponse response = context.Response;
        if (context.Request.HttpMethod == "POST" && parts is [_, "out", { } name] && Path.GetFileName(name) == name && name != "")
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body).ConfigureAwait(false);
            await File.WriteAllBytesAsync(Path.Combine(output, name), body.ToArray()).ConfigureAwait(false);
            if (name == "done")
            {
                done.TrySetResult(System.Text.Encoding.UTF8.GetString(body.ToArray()));
            }
            return;
        }
        string? path = parts is [_, { } first, { } rest] && folders.TryGetValue(first, out string? root)
            && Path.GetFullPath(Path.Combine(root, rest)) is string full
            && full.StartsWith(Path.GetFullPath(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(full)
            ? full : null;
        if (path is null)
        {
            response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }
        response.ContentType = Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".mjs" or ".js" => "text/javascript",
            ".wasm" => "application/wasm",
            ".json" => "application/json",
            _ => "application/octet-stream",
        };
        await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
