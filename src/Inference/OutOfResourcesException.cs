namespace Toolchain.Inference;

/// <summary>The machine has too little memory, processor time, file handles or processes left for what was asked.</summary>
/// <param name="message">What fell short.</param>
public sealed class OutOfResourcesException(string message) : Exception(message);
