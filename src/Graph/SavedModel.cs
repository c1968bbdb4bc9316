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
    public void Move(string from, string to) => Writing.ModelWriter.Move(this, from, to);
}
