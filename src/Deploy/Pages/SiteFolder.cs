using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Toolchain.Data;

namespace Toolchain.Deploy.Pages;

/// <summary>A static site around exported models: any file server serves it, nothing of it asks for another.</summary>
static class SiteFolder
{
    // The page in the order that a reader of a broken copy would miss least: the file that is opened comes last.
    static readonly string[] assets = ["page.css", "fit.js", "files.js", "lesson.js", "model.js", "map.js", "pad.js", "teach.js",
        "page.js"];

    /// <summary>Files of the runtime by their names in the site, with their places in npm's folder.</summary>
    static readonly (string Name, string Source)[] runtime =
    [
        ("ort.wasm.min.mjs", "onnxruntime-web/dist/ort.wasm.min.mjs"),
        ("ort-wasm-simd-threaded.mjs", "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs"),
        ("ort-wasm-simd-threaded.wasm", "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"),
        ("fflate.js", "fflate/esm/browser.js"),
        ("LICENSE-fflate.txt", "fflate/LICENSE"),
    ];

    /// <summary>Requires the runtime in npm's folder, before any work.</summary>
    /// <exception cref="ArgumentException">A file is not there.</exception>
    public static void RequireRuntime(string modules)
    {
        if (Array.Find(runtime, file => !File.Exists(Path.Combine(modules, file.Source))) is { Name: not null } missing)
        {
            throw new ArgumentException($"--runtime '{modules}': expected npm's folder with '{missing.Source}', found none; run "
                + "'npm install onnxruntime-web@1.30.0 fflate@0.8.3' and name its node_modules.");
        }
    }

    /// <summary>Writes the site. The page that is opened is written last.</summary>
    /// <param name="folder">Where to; made where it is not there.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="modules">npm's folder.</param>
    /// <param name="models">Files of each model by its name.</param>
    /// <returns>Bytes of all files, and of those of the runtime alone.</returns>
    public static (long All, long Runtime) Write(string folder, string title, string modules,
        IReadOnlyList<(string Name, IReadOnlyList<(string Name, byte[] Content)> Files)> models)
    {
        (string Name, byte[] Content)[] foreign =
        [
            .. runtime.Select(file => ($"runtime/{file.Name}", File.ReadAllBytes(Path.Combine(modules, file.Source)))),
            ("runtime/LICENSE.txt", Asset("LICENSE-onnxruntime-web.txt")),
        ];
        (string Name, byte[] Content)[] files =
        [
            .. models.SelectMany(model => model.Files.Select(file => ($"models/{model.Name}/{file.Name}", file.Content))),
            .. assets.Select(name => (name, Asset(name))),
            .. foreign,
            ("site.json", Encoding.UTF8.GetBytes(new JsonArray([.. models.Select(model => JsonValue.Create(model.Name))]).ToJsonString())),
            ("index.html", Encoding.UTF8.GetBytes(Text("index.html").Replace("TITLE", System.Net.WebUtility.HtmlEncode(title)))),
        ];
        string[] kept = ["./", .. files.Select(file => file.Name)];
        string worker = Text("sw.js").Replace("VERSION", Digest(files), StringComparison.Ordinal)
            .Replace("FILES", new JsonArray([.. kept.Select(name => JsonValue.Create(name))]).ToJsonString(), StringComparison.Ordinal);
        foreach ((string name, byte[] content) in files.Prepend(("sw.js", Encoding.UTF8.GetBytes(worker))))
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => stream.Write(content));
        }
        return (files.Sum(file => (long)file.Content.Length), foreign.Sum(file => (long)file.Content.Length));
    }

    static string Digest((string Name, byte[] Content)[] files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, byte[] content) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name + "\n"));
            hash.AppendData(SHA256.HashData(content));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string Text(string name) => Encoding.UTF8.GetString(Asset(name));

    static byte[] Asset(string name)
    {
        using Stream stream = typeof(SiteFolder).Assembly.GetManifestResourceStream($"page/{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
