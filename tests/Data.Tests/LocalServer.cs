using System.Net;
using System.Net.Sockets;

namespace Toolchain.Data.Tests;

/// <summary>A web server on this machine that has files by name, in whatever folder they are asked for.</summary>
sealed class LocalServer : IDisposable
{
    readonly HttpListener listener = new();
    readonly Dictionary<string, byte[]> files;

    public LocalServer(Dictionary<string, byte[]> files)
    {
        this.files = files;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        _ = Task.Run(Serve);
    }

    public Uri Address { get; }

    public List<string> Asked { get; } = [];

    public void Dispose() => listener.Close();

    async Task Serve()
    {
        while (listener.IsListening)
        {
            HttpListenerContext request = await listener.GetContextAsync();
            string path = request.Request.Url!.AbsolutePath;
            Asked.Add(path);
            await request.Response.OutputStream.WriteAsync(files[Path.GetFileName(path)]);
            request.Response.Close();
        }
    }
}
