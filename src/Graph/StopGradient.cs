namespace Toolchain.Graph;

/// <summary>
/// An Identity through which no gradient passes, as PyTorch's detach: ONNX has no operator for it, so the node's name says it, and any
/// runtime runs the file. Passes leave it in.
/// </summary>
static class StopGradient
{
    /// <summary>The last part of the node's name, with a number behind it or none.</summary>
    public const string Name = "StopGradient";

    public static bool Is(Node node)
    {
        if (node.Op != "Identity")
        {
            return false;
        }
        string last = node.Name[(node.Name.LastIndexOf('/') + 1)..];
        return last == Name || last.StartsWith(Name + "_", StringComparison.Ordinal);
    }
}
