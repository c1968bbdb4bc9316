namespace Toolchain.Graph;

/// <summary>Element types of tensors; the numbers are ONNX's own (TensorProto.DataType).</summary>
public enum ElementType
{
    /// <summary>IEEE single precision.</summary>
    Float32 = 1,
    /// <summary>Unsigned byte.</summary>
    UInt8 = 2,
    /// <summary>Signed byte.</summary>
    Int8 = 3,
    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,
    /// <summary>Signed 64-bit integer: indices and shapes.</summary>
    Int64 = 7,
    /// <summary>Boolean, one byte.</summary>
    Bool = 9,
    /// <summary>IEEE half precision.</summary>
    Float16 = 10,
    /// <summary>IEEE double precision.</summary>
    Float64 = 11,
    /// <summary>The upper half of a single: its range, with 8 bits of precision.</summary>
    BFloat16 = 16,
}

/// <summary>Facts of element types.</summary>
public static class ElementTypes
{
    internal static int SizeBytes(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        _ => throw new GraphException($"Element type {(int)type} is not supported; expected one of "
            + $"{string.Join(", ", Enum.GetNames<ElementType>())}."),
    };

    /// <summary>Whether elements are floating-point numbers.</summary>
    public static bool IsFloat(this ElementType type) =>
        type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64;
}
