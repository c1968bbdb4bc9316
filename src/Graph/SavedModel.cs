using Toolchain.Data;

namespace Toolchain.Graph;

/// <summary>A model on the disk.</summary>
/// <param name="Sha256">Digest of the <c>.onnx</c> file, 64 hexadecimal digits.</param>
/// <param name="Bytes">Its size, and that of its external data.</param>
/// <param name="ExternalData">Name of the file beside it that holds the weights, or null. The name has the digest of its content.</param>
public sealed record SavedModel(string Sha256, long Bytes, string? ExternalData)
{
    /// <summary>Puts the files in another place on the same disk, whole or not at all; what lies there is replaced.</summary>
    /// <param name="from">Path of the <c>.onnx</c> file.</param>
    /// <param name="to">Its new path.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Move(string from, string to)
    {
        string source = Path.GetDirectoryName(Path.GetFullPath(from))!, target = Path.GetDirectoryName(Path.GetFullPath(to))!;
        // The weights first: the rename of the model makes both of them visible at once.
        (string, string)[] weights = ExternalData is string name ? [(Path.Combine(source, name), Path.Combine(target, name))] : [];
        AtomicFile.PutInPlace([.. weights, (Path.GetFullPath(from), Path.GetFullPath(to))]);
        AtomicFile.FlushFolder(target);
    }
}
