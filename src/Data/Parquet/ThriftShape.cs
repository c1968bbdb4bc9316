namespace Toolchain.Data.Parquet;

/// <summary>How a value lies in Thrift's compact protocol.</summary>
enum ThriftType
{
    /// <summary>In a struct, within the field's header; one byte in a list.</summary>
    Flag,

    /// <summary>One byte.</summary>
    Byte,

    /// <summary>A zigzag variable-length integer, of whatever width.</summary>
    Integer,

    /// <summary>Eight bytes.</summary>
    Double,

    /// <summary>A length and as many bytes.</summary>
    Bytes,

    /// <summary>A count, an element type, and as many elements.</summary>
    List,

    /// <summary>Fields up to a zero byte.</summary>
    Struct,
}

/// <summary>The known fields of a Thrift struct: number, type, and the element type or the shape of what is inside.</summary>
sealed class ThriftShape
{
    readonly Dictionary<int, ThriftField> fields = [];

    /// <summary>The field of a number, or null for an unknown one.</summary>
    public ThriftField? this[int number] => fields.GetValueOrDefault(number);

    /// <summary>Adds fields of one simple type.</summary>
    public ThriftShape With(ThriftType type, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            fields.Add(number, new(type));
        }
        return this;
    }

    /// <summary>Adds a struct.</summary>
    public ThriftShape With(int number, ThriftShape inner)
    {
        fields.Add(number, new(ThriftType.Struct, Inner: inner));
        return this;
    }

    /// <summary>Adds a list.</summary>
    public ThriftShape WithList(int number, ThriftType element, ThriftShape? inner = null)
    {
        fields.Add(number, new(ThriftType.List, element, inner));
        return this;
    }
}

/// <summary>One known field.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Element">Type of the elements of a list.</param>
/// <param name="Inner">Fields of a struct, or of the structs in a list.</param>
sealed record ThriftField(ThriftType Type, ThriftType Element = default, ThriftShape? Inner = null);
