using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.Commands;

/// <summary>The manifest beside a model that is made from others: how those were trained, with the digest of the new one.</summary>
static class ManifestBeside
{
    /// <summary>The manifest beside the model at <paramref name="path"/>; null where there is none.</summary>
    public static JsonObject? Read(string path)
    {
        string file = Path.Combine(Path.GetDirectoryName(path) ?? "", RunLayout.Manifest);
        return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) as JsonObject : null;
    }

    /// <summary>The manifest beside the model at <paramref name="path"/>, for <c>--manifest</c>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static JsonObject Require(string path) => Read(path)
        ?? throw new ArgumentException($"--manifest: expected {RunLayout.Manifest} beside '{path}', found none; leave --manifest out.");

    /// <summary>A model, and beside it a manifest that has its digest, as files to be written together.</summary>
    /// <param name="path">The model's path.</param>
    /// <param name="model">The model.</param>
    /// <param name="manifest">What the manifest says else; null for no manifest.</param>
    public static IEnumerable<(string Path, Action<Stream> Write)> Files(string path, OnnxModel model, JsonObject? manifest)
    {
        if (manifest is not null)
        {
            SavedModel saved = model.Describe();
            (manifest["model_sha256"], manifest["model_bytes"]) = (saved.Sha256, saved.Bytes);
            string text = manifest.ToJsonString(new()
            {
                WriteIndented = true,
                NewLine = "\n",
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
            }) + "\n";
            yield return (Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, RunLayout.Manifest),
                stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }
        yield return (path, stream => stream.Write(model.ToBytes()));
    }
}
