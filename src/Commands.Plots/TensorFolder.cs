using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;
using Toolchain.Graph;

namespace Toolchain.Commands.Plots;

/// <summary>Tensors as files of a folder.</summary>
static class TensorFolder
{
    /// <summary>Writes each tensor as NAME.npy.</summary>
    public static void Write(string folder, IEnumerable<(string Name, TensorData Tensor)> arrays) =>
        NpyFile.WriteAll(arrays.Select(array => (Path.Combine(folder, $"{array.Name}.npy"),
            new TensorEntry(TensorKind.Float32, [.. array.Tensor.Sizes], array.Tensor.Bytes.ToArray()))));
}
