using System.ComponentModel;
using System.Diagnostics;
using Toolchain.Deploy.Bundles;

namespace Toolchain.Deploy.Runtimes;

/// <summary>onnxruntime-web in headless Chromium, which opens the bundle's page from a server on the loopback address.</summary>
/// <param name="nodeModules">Folder of packages from npm; null where none is known.</param>
sealed class BrowserRuntime(string? nodeModules)
{
    static readonly string[] browsers = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs it.</summary>
    /// <exception cref="RuntimeAbsentException">There is no browser or no onnxruntime-web.</exception>
    public RuntimeOutputs Run(CheckedModel model, CancellationToken cancellation)
    {
        string runtime = Path.Combine(nodeModules ?? "", "onnxruntime-web", "dist");
        if (nodeModules is null || !Directory.Exists(runtime))
        {
            throw new RuntimeAbsentException("not found: onnxruntime-web in --node-modules (npm install onnxruntime-web)");
        }
        string output = Directory.CreateDirectory(Path.Combine(model.Folder, "out-web")).FullName;
        using PageServer server = PageServer.Start(new Dictionary<string, string>
        {
            ["bundle"] = model.Bundle,
            ["data"] = model.Data(isSlow: false),
            ["ort"] = runtime,
        }, output);
        var page = new Uri(server.Address, $"bundle/{BundleLayout.Checks}/check_web.html?data=/data/&images={IdxFolder.Images}"
            + $"&labels={IdxFolder.Labels}&ort=/ort/ort.wasm.min.mjs&out=/out/");
        using Process browser = Start(page, Path.Combine(model.Folder, "profile"));
        try
        {
            string said = server.Done.WaitAsync(patience, cancellation).GetAwaiter().GetResult();
            string[] lines = said.TrimEnd().Split('\n');
            return ScriptRuntime.Read(output, lines[0] == "0" ? null : lines[^1]);
        }
        catch (TimeoutException)
        {
            return new("unknown", 0, 1, [], [], null, $"it did not end within {patience.TotalMinutes:f0} minutes");
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            browser.WaitForExit();
        }
    }

    static Process Start(Uri page, string profile)
    {
        string[] sandbox = Environment.UserName == "root" ? ["--no-sandbox"] : [];
        foreach (string name in browsers)
        {
            var start = new ProcessStartInfo(name, [.. sandbox, "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", $"--user-data-dir={profile}",
                page.ToString()])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            try
            {
                Process process = Process.Start(start)!;
                process.OutputDataReceived += (_, _) => { };
                process.ErrorDataReceived += (_, _) => { };
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                return process;
            }
            catch (Win32Exception)
            {
                // The next one.
            }
        }
        throw new RuntimeAbsentException($"not found: {string.Join(", ", browsers)}");
    }
}
