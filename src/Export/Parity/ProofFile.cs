using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.Export.Parity;

/// <summary>A model as runtimes get it: the file at a path, or bytes, which are made when the first runtime asks for them.</summary>
/// <param name="model">The model.</param>
/// <param name="path">Where it lies; null where it is only in memory.</param>
sealed class ProofFile(OnnxModel model, string? path)
{
    readonly Lazy<byte[]> bytes = new(model.ToBytes);

    /// <summary>Runs a runtime on inputs by name; the outputs by name.</summary>
    /// <exception cref="GraphException">The model is above 2 GB, and the runtime takes only bytes.</exception>
    public IReadOnlyDictionary<string, TensorData> Run(ParityRuntime runtime, IReadOnlyDictionary<string, TensorData> inputs) =>
        path is not null && runtime.RunFile is not null ? runtime.RunFile(path, inputs) : runtime.Run(bytes.Value, inputs);
}
