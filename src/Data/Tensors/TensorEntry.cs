using System.Runtime.InteropServices;

namespace Toolchain.Data.Tensors;

/// <summary>A tensor as a file has it: element type, shape, and the elements' bytes, little-endian, row-major.</summary>
public sealed class TensorEntry
{
    readonly long[] shape;

    /// <summary>Takes the bytes as they are, without a copy.</summary>
    /// <param name="kind">Element type.</param>
    /// <param name="shape">Sizes of the axes; empty for a scalar.</param>
    /// <param name="data">Product of <paramref name="shape"/> elements.</param>
    /// <exception cref="ArgumentException">The shape is negative or too large, or does not fit the bytes.</exception>
    public TensorEntry(TensorKind kind, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> data)
    {
        long? expected = SizeBytes(kind, shape);
        if (expected != data.Length)
        {
            throw new ArgumentException($"'{nameof(data)}' must hold {expected?.ToString() ?? "fewer than 2^63"} bytes for "
                + $"{kind}[{string.Join(',', shape.ToArray())}], held {data.Length}.", nameof(data));
        }
        Kind = kind;
        this.shape = shape.ToArray();
        Data = data;
    }

    /// <summary>Element type.</summary>
    public TensorKind Kind { get; }

    /// <summary>Sizes of the axes.</summary>
    public ReadOnlySpan<long> Shape => shape;

    /// <summary>The elements, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>A tensor of one of the element types byte, sbyte, short, ushort, int, uint, long, ulong, Half, float, double, bool; the
    /// values are copied.</summary>
    /// <exception cref="ArgumentException">Another element type, or a shape that does not fit the values.</exception>
    public static TensorEntry Of<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        new(KindOf<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A copy of the elements.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the type of <see cref="Kind"/>.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (KindOf<T>() != Kind)
        {
            throw new ArgumentException($"the tensor's elements are {Kind}, asked for {KindOf<T>()}.");
        }
        return MemoryMarshal.Cast<byte, T>(Data.Span).ToArray();
    }

    /// <summary>Bytes of one element.</summary>
    internal static int ElementSize(TensorKind kind) => kind switch
    {
        TensorKind.Bool or TensorKind.UInt8 or TensorKind.Int8 => 1,
        TensorKind.Int16 or TensorKind.UInt16 or TensorKind.Float16 or TensorKind.BFloat16 => 2,
        TensorKind.Int32 or TensorKind.UInt32 or TensorKind.Float32 => 4,
        _ => 8,
    };

    /// <summary>Bytes of a tensor, or null where a size is negative or the product overflows.</summary>
    internal static long? SizeBytes(TensorKind kind, ReadOnlySpan<long> shape)
    {
        Int128 size = ElementSize(kind);
        foreach (long length in shape)
        {
            size *= length;
            if (length < 0 || size > long.MaxValue)
            {
                return null;
            }
        }
        return (long)size;
    }

    static TensorKind KindOf<T>() =>
        typeof(T) == typeof(byte) ? TensorKind.UInt8
        : typeof(T) == typeof(float) ? TensorKind.Float32
        : typeof(T) == typeof(long) ? TensorKind.Int64
        : typeof(T) == typeof(double) ? TensorKind.Float64
        : typeof(T) == typeof(int) ? TensorKind.Int32
        : typeof(T) == typeof(bool) ? TensorKind.Bool
        : typeof(T) == typeof(Half) ? TensorKind.Float16
        : typeof(T) == typeof(short) ? TensorKind.Int16
        : typeof(T) == typeof(sbyte) ? TensorKind.Int8
        : typeof(T) == typeof(ushort) ? TensorKind.UInt16
        : typeof(T) == typeof(uint) ? TensorKind.UInt32
        : typeof(T) == typeof(ulong) ? TensorKind.UInt64
        : throw new ArgumentException($"elements must be byte, sbyte, short, ushort, int, uint, long, ulong, Half, float, double or bool, "
            + $"were {typeof(T).Name}.");
}
