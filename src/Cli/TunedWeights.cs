using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.Cli;

/// <summary>Weights that were trained outside of a run, by name.</summary>
static class TunedWeights
{
    /// <summary>Those of a model (.onnx), or the tensors of a state (.safetensors).</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="GraphException">The model cannot be read.</exception>
    public static IReadOnlyDictionary<string, TensorEntry> Read(string path) =>
        Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase)
            ? OnnxFile.Load(path).Initializers.Where(pair => Enum.IsDefined(typeof(TensorKind), pair.Value.Type.ToString()))
                .ToDictionary(pair => pair.Key, pair => new TensorEntry(Enum.Parse<TensorKind>(pair.Value.Type.ToString()),
                    [.. pair.Value.Sizes], pair.Value.Bytes))
            : SafeTensors.Read(path).Tensors.ToDictionary(pair => pair.Name, pair => pair.Tensor);
}
