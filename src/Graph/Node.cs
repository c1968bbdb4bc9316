namespace Toolchain.Graph;

/// <summary>The type of a tensor that flows through a graph.</summary>
/// <param name="Element">Element type.</param>
/// <param name="Shape">Axes; symbolic ones by name.</param>
public sealed record TensorType(ElementType Element, Shape Shape)
{
    /// <summary>Such as "Float32 [N,64]".</summary>
    public override string ToString() => $"{Element} {Shape}";
}

/// <summary>A named tensor of a graph.</summary>
/// <param name="Name">Unique in its graph.</param>
/// <param name="Type">Element type and shape.</param>
public sealed record Value(string Name, TensorType Type)
{
    /// <summary>Axes of the tensor.</summary>
    public Shape Shape => Type.Shape;
}

/// <summary>One operator applied.</summary>
/// <param name="Op">ONNX operator name, default domain.</param>
/// <param name="Name">Path of the module that called it, unique in the graph.</param>
/// <param name="Inputs">Names of the inputs; "" where an optional one is left out.</param>
/// <param name="Outputs">Names of the outputs.</param>
/// <param name="Attributes">Attributes by name.</param>
public sealed record Node(string Op, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, Attributes Attributes);
