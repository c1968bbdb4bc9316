using System.Security.Cryptography;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Deploy.Bundles;

/// <summary>A model that is put into a bundle.</summary>
/// <param name="Session">The model in ONNX Runtime on the processor.</param>
/// <param name="Graph">Its graph.</param>
/// <param name="Bytes">Its file, weights within.</param>
sealed record BundleModel(EncoderSession Session, OnnxModel Graph, byte[] Bytes) : IDisposable
{
    /// <summary>What the card calls it: what its bundle is called; outside of one its method, or the name of its file.</summary>
    public string Name => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(Session.Path))) == RunLayout.Bundled
        ? RunLayout.NameOf(Session.Path)
        : Session.Metadata.GetValueOrDefault(ModelKeys.Method, Path.GetFileNameWithoutExtension(Session.Path));

    /// <summary>
    /// What stands beside it and belongs to it: the manifest of its training, its decoder or generator; by path in the bundle.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Companions { get; private init; } = [];

    /// <summary>Names of the outputs, in the model's order.</summary>
    public string[] Outputs => [.. Graph.Outputs.Select(output => output.Name)];

    /// <summary>Opens a model file.</summary>
    /// <exception cref="InvalidModelException">It is no model of the contract.</exception>
    /// <exception cref="InvalidDataException">A decoder beside it is not the one of its manifest.</exception>
    public static BundleModel Open(string path, IModelTrial? trial)
    {
        var session = EncoderSession.Open(path, new() { Device = ComputeDevice.Cpu, Trial = trial });
        try
        {
            OnnxModel graph = InspectedModel.Load(path).Model ?? OnnxFile.Load(path);
            byte[] file = File.ReadAllBytes(path);
            bool isWhole = session.SizeBytes == file.Length;
            return new(session, graph, isWhole ? file : graph.ToBytes()) { Companions = [.. Beside(path, isWhole)] };
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // The manifest has the digest of a model.onnx; of one whose external weights were taken in it has another.
    static IEnumerable<KeyValuePair<string, byte[]>> Beside(string path, bool isWhole)
    {
        string manifest = Path.Combine(Path.GetDirectoryName(path) ?? "", RunLayout.Manifest);
        if (isWhole && Path.GetFileName(path) == RunLayout.Model && ModelManifest.HasDigest(manifest, path))
        {
            yield return KeyValuePair.Create($"{RunLayout.Bundled}/{RunLayout.Manifest}", File.ReadAllBytes(manifest));
        }
        foreach (string name in (string[])[RunLayout.Decoder, RunLayout.Generator])
        {
            string decoder = RunLayout.Beside(path, name);
            if (File.Exists(decoder))
            {
                byte[] content = File.ReadAllBytes(decoder);
                ModelManifest.Require(decoder, Convert.ToHexStringLower(SHA256.HashData(content)));
                yield return KeyValuePair.Create($"{RunLayout.Bundled}/{name}", content);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
