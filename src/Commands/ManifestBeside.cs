using System.Security.Cryptography;
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
    /// <exception cref="ArgumentException">There is none, or it is of another model.</exception>
    public static JsonObject Require(string path)
    {
        JsonObject manifest = Read(path)
            ?? throw new ArgumentException($"--manifest: expected {RunLayout.Manifest} beside '{path}', found none; leave --manifest out.");
        string digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        return (string?)manifest["model_sha256"] == digest ? manifest
            : throw new ArgumentException($"--manifest: expected the digest of '{path}' in the {RunLayout.Manifest} beside it, found "
                + "that of another model; leave --manifest out.");
    }

    /// <summary>Requires that a model which gets a manifest has the name by which that one knows it.</summary>
    /// <exception cref="ArgumentException">It has another.</exception>
    public static void RequireName(string path)
    {
        if (Path.GetFileName(path) != RunLayout.Model)
        {
            throw new ArgumentException($"--out '{path}': expected a file {RunLayout.Model} with --manifest, found "
                + $"'{Path.GetFileName(path)}'.");
        }
    }

    /// <summary>Writes a model, and with it a manifest where it gets one.</summary>
    /// <param name="path">The model's path.</param>
    /// <param name="model">The model.</param>
    /// <param name="manifest">What the manifest says else; null for no manifest.</param>
    public static void Save(string path, OnnxModel model, JsonObject? manifest)
    {
        if (manifest is null)
        {
            model.Save(path); // of any size
            return;
        }
        SavedModel saved = model.Describe();
        (manifest["model_sha256"], manifest["model_bytes"]) = (saved.Sha256, saved.Bytes);
        string text = manifest.ToJsonString(new()
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }) + "\n";
        AtomicFile.WriteAll([
            (Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, RunLayout.Manifest),
                stream => stream.Write(Encoding.UTF8.GetBytes(text))),
            (path, stream => stream.Write(model.ToBytes())),
        ]);
    }
}
