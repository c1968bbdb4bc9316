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
    /// <summary>What the card calls it: its method, or the name of its file.</summary>
    public string Name => Session.Metadata.GetValueOrDefault(ModelKeys.Method, Path.GetFileNameWithoutExtension(Session.Path));

    /// <summary>Names of the outputs, in the model's order.</summary>
    public string[] Outputs => [.. Graph.Outputs.Select(output => output.Name)];

    /// <summary>Opens a model file.</summary>
    /// <exception cref="InvalidModelException">It is no model of the contract.</exception>
    public static BundleModel Open(string path, IModelTrial? trial)
    {
        var session = EncoderSession.Open(path, new() { Device = ComputeDevice.Cpu, Trial = trial });
        try
        {
            OnnxModel graph = InspectedModel.Load(path).Model ?? OnnxFile.Load(path);
            byte[] file = File.ReadAllBytes(path);
            return new(session, graph, session.SizeBytes == file.Length ? file : graph.ToBytes());
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
