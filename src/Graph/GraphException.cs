namespace Toolchain.Graph;

/// <summary>A graph that breaks a rule of ONNX or of an operator: the message names the node, the rule and what was found.</summary>
public sealed class GraphException(string message) : Exception(message);
