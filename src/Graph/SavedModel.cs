namespace Toolchain.Graph;

/// <summary>A model on the disk.</summary>
/// <param name="Sha256">Digest of the <c>.onnx</c> file, 64 hexadecimal digits.</param>
/// <param name="Bytes">Its size, and that of its external data.</param>
/// <param name="ExternalData">Name of the file beside it that holds the weights, or null. The name has the digest of its content.</param>
public sealed record SavedModel(string Sha256, long Bytes, string? ExternalData);
