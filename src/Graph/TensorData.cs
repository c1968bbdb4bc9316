using System.Runtime.InteropServices;

namespace Toolchain.Graph;

/// <summary>A constant tensor: element type, sizes, and the elements as little-endian bytes in row-major order.</summary>
public sealed class TensorData
{
    /// <summary>A tensor over <paramref name="bytes"/>, which is not copied.</summary>
    /// <exception cref="GraphException">The byte count does not fit the sizes.</exception>
    public TensorData(ElementType type, IReadOnlyList<long> sizes, ReadOnlyMemory<byte> bytes)
    {
        long count = sizes.Aggregate(1L, (product, size) => checked(product * size));
        if (bytes.Length != count * type.SizeBytes())
        {
            throw new GraphException($"A {type} tensor of shape [{string.Join(",", sizes)}] needs {count * type.SizeBytes()} bytes, found {bytes.Length}.");
        }
        (Type, Sizes, Bytes) = (type, sizes, bytes);
    }

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Size of each axis; empty for a scalar.</summary>
    public IReadOnlyList<long> Sizes { get; }

    /// <summary>The elements, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Bytes.Length / Type.SizeBytes();

    /// <summary>A float32 tensor.</summary>
    public static TensorData Of(ReadOnlySpan<float> values, params long[] sizes) => new(ElementType.Float32, sizes, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A float64 tensor.</summary>
    public static TensorData Of(ReadOnlySpan<double> values, params long[] sizes) => new(ElementType.Float64, sizes, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>An int64 tensor.</summary>
    public static TensorData Of(ReadOnlySpan<long> values, params long[] sizes) => new(ElementType.Int64, sizes, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A vector of indices, axes or sizes.</summary>
    public static TensorData Vector(params long[] values) => Of(values, values.Length);

    /// <summary>A scalar of <paramref name="type"/>, rounded to it.</summary>
    public static TensorData Scalar(double value, ElementType type = ElementType.Float32) => FromDoubles([value], [], type);

    /// <summary>The elements as doubles (int64 beyond 2^53 are rounded).</summary>
    public double[] ToDoubles()
    {
        ReadOnlySpan<byte> bytes = Bytes.Span;
        return Type switch
        {
            ElementType.Float64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            ElementType.Float32 => Widen<float>(bytes),
            ElementType.Float16 => Widen<Half>(bytes),
            ElementType.Int64 => Widen<long>(bytes),
            ElementType.Int32 => Widen<int>(bytes),
            ElementType.Int8 => Widen<sbyte>(bytes),
            _ => Widen<byte>(bytes),
        };
    }

    /// <summary>The elements of an integer tensor.</summary>
    public long[] ToInt64s() => Type == ElementType.Int64
        ? MemoryMarshal.Cast<byte, long>(Bytes.Span).ToArray()
        : [.. ToDoubles().Select(value => (long)value)];

    /// <summary>A tensor of <paramref name="type"/> from doubles, each rounded to it.</summary>
    public static TensorData FromDoubles(ReadOnlySpan<double> values, IReadOnlyList<long> sizes, ElementType type) => new(type, sizes, type switch
    {
        ElementType.Float64 => MemoryMarshal.AsBytes(values).ToArray(),
        ElementType.Float32 => Narrow(values, value => (float)value),
        ElementType.Float16 => Narrow(values, value => (Half)value),
        ElementType.Int64 => Narrow(values, value => (long)value),
        ElementType.Int32 => Narrow(values, value => (int)value),
        ElementType.Int8 => Narrow(values, value => (sbyte)value),
        ElementType.UInt8 => Narrow(values, value => (byte)value),
        _ => Narrow(values, value => value != 0 ? (byte)1 : (byte)0),
    });

    static double[] Widen<T>(ReadOnlySpan<byte> bytes) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(bytes);
        var result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = double.CreateTruncating(values[i]);
        }
        return result;
    }

    static byte[] Narrow<T>(ReadOnlySpan<double> values, Func<double, T> round) where T : unmanaged
    {
        var result = new T[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = round(values[i]);
        }
        return MemoryMarshal.AsBytes(result.AsSpan()).ToArray();
    }
}
