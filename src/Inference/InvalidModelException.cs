namespace Toolchain.Inference;

/// <summary>A file that is no ONNX model, or one that does not follow the contract; the message says what was expected and found.</summary>
public sealed class InvalidModelException(string message, Exception? inner = null) : Exception(message, inner);
