using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Toolchain.Graph;

/// <summary>
/// A constant tensor: element type, sizes, and the elements as little-endian bytes in row-major order. Above 2 GB they lie in several
/// pieces.
/// </summary>
public sealed class TensorData
{
    /// <summary>Bytes of a piece of a large tensor; a whole number of elements of every type.</summary>
    public const int PieceBytes = 1 << 30;

    /// <summary>A tensor over <paramref name="bytes"/>, which is not copied.</summary>
    /// <exception cref="GraphException">The byte count does not fit the sizes.</exception>
    public TensorData(ElementType type, IReadOnlyList<long> sizes, ReadOnlyMemory<byte> bytes)
        : this(type, sizes, new ReadOnlySequence<byte>(bytes))
    {
    }

    /// <summary>
    /// A tensor over <paramref name="content"/>, which is not copied; each piece but the last must hold a whole number of elements.
    /// </summary>
    /// <exception cref="GraphException">The byte count does not fit the sizes.</exception>
    public TensorData(ElementType type, IReadOnlyList<long> sizes, ReadOnlySequence<byte> content)
    {
        long needed = sizes.Aggregate((long)type.SizeBytes(), (product, size) => checked(product * size));
        if (content.Length != needed)
        {
            throw new GraphException(
                $"A {type} tensor of shape [{string.Join(",", sizes)}] needs {needed} bytes, found {content.Length}.");
        }
        (Type, Sizes, Content) = (type, sizes, content);
    }

    /// <summary>A tensor over pieces, which are not copied; each but the last must hold a whole number of elements.</summary>
    /// <exception cref="GraphException">The byte count does not fit the sizes.</exception>
    public static TensorData OfPieces(ElementType type, IReadOnlyList<long> sizes, IReadOnlyList<ReadOnlyMemory<byte>> pieces) =>
        new(type, sizes, Piece.Join(pieces));

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Size of each axis; empty for a scalar.</summary>
    public IReadOnlyList<long> Sizes { get; }

    /// <summary>The elements, little-endian, row-major.</summary>
    public ReadOnlySequence<byte> Content { get; }

    /// <summary>The elements in one piece.</summary>
    /// <exception cref="GraphException">There are more than 2 GB of them.</exception>
    public ReadOnlyMemory<byte> Bytes => Content.IsSingleSegment ? Content.First
        : throw new GraphException(
            $"a tensor of shape [{string.Join(",", Sizes)}] has {Content.Length} bytes, which are more than 2 GB in one piece.");

    /// <summary>Size of the elements.</summary>
    public long ByteCount => Content.Length;

    /// <summary>Number of elements.</summary>
    public long Count => Content.Length / Type.SizeBytes();

    /// <summary>A float32 tensor of a copy of the values.</summary>
    /// <exception cref="GraphException">The number of values does not fit the sizes.</exception>
    public static TensorData Of(ReadOnlySpan<float> values, params long[] sizes) =>
        new(ElementType.Float32, sizes, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A float64 tensor of a copy of the values.</summary>
    /// <exception cref="GraphException">The number of values does not fit the sizes.</exception>
    public static TensorData Of(ReadOnlySpan<double> values, params long[] sizes) =>
        new(ElementType.Float64, sizes, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>An int64 tensor of a copy of the values.</summary>
    /// <exception cref="GraphException">The number of values does not fit the sizes.</exception>
    public static TensorData Of(ReadOnlySpan<long> values, params long[] sizes) =>
        new(ElementType.Int64, sizes, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A vector of indices, axes or sizes.</summary>
    public static TensorData Vector(params long[] values) => Of(values, values.Length);

    /// <summary>A scalar of <paramref name="type"/>, rounded to it.</summary>
    public static TensorData Scalar(double value, ElementType type = ElementType.Float32) => FromDoubles([value], [], type);

    /// <summary>SHA-256 of the elements, 64 hexadecimal digits.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> piece in Content)
        {
            hash.AppendData(piece.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The elements as doubles (int64 beyond 2^53 are rounded).</summary>
    public double[] ToDoubles()
    {
        var result = new double[Count];
        Read(0, result);
        return result;
    }

    /// <summary>The elements from <paramref name="start"/> on as doubles.</summary>
    internal void Read(long start, Span<double> to)
    {
        int size = Type.SizeBytes();
        if (Content.IsSingleSegment)
        {
            Widen(Content.FirstSpan.Slice((int)start * size, to.Length * size), to);
            return;
        }
        foreach (ReadOnlyMemory<byte> piece in Content.Slice(start * size, (long)to.Length * size))
        {
            Widen(piece.Span, to);
            to = to[(piece.Length / size)..];
        }
    }

    void Widen(ReadOnlySpan<byte> bytes, Span<double> to)
    {
        switch (Type)
        {
            case ElementType.Float64: MemoryMarshal.Cast<byte, double>(bytes).CopyTo(to); break;
            case ElementType.Float32: Widen<float>(bytes, to); break;
            case ElementType.Float16: Widen<Half>(bytes, to); break;
            case ElementType.BFloat16: BFloat16.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), to); break;
            case ElementType.Int64: Widen<long>(bytes, to); break;
            case ElementType.Int32: Widen<int>(bytes, to); break;
            case ElementType.Int8: Widen<sbyte>(bytes, to); break;
            default: Widen<byte>(bytes, to); break;
        }
    }

    static void Widen<T>(ReadOnlySpan<byte> bytes, Span<double> to) where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(bytes);
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = double.CreateTruncating(values[i]);
        }
    }

    /// <summary>The elements as int64; fractions are dropped.</summary>
    public long[] ToInt64s() => Type == ElementType.Int64
        ? MemoryMarshal.Cast<byte, long>(Bytes.Span).ToArray()
        : [.. ToDoubles().Select(value => (long)value)];

    /// <summary>A tensor of <paramref name="type"/> from doubles, each rounded to it.</summary>
    /// <exception cref="GraphException">The number of values does not fit the sizes.</exception>
    public static TensorData FromDoubles(ReadOnlySpan<double> values, IReadOnlyList<long> sizes, ElementType type)
    {
        int most = PieceBytes / type.SizeBytes();
        var pieces = new List<ReadOnlyMemory<byte>>();
        do
        {
            ReadOnlySpan<double> part = values[..Math.Min(most, values.Length)];
            pieces.Add(Narrow(part, type));
            values = values[part.Length..];
        }
        while (values.Length > 0);
        return OfPieces(type, sizes, pieces);
    }

    static byte[] Narrow(ReadOnlySpan<double> values, ElementType type) => type switch
    {
        ElementType.Float64 => MemoryMarshal.AsBytes(values).ToArray(),
        ElementType.Float32 => Narrow(values, value => (float)value),
        ElementType.Float16 => Narrow(values, value => (Half)value),
        ElementType.BFloat16 => Narrow(values, BFloat16.Narrow),
        ElementType.Int64 => Narrow(values, value => (long)value),
        ElementType.Int32 => Narrow(values, value => (int)value),
        ElementType.Int8 => Narrow(values, value => (sbyte)value),
        ElementType.UInt8 => Narrow(values, value => (byte)value),
        _ => Narrow(values, value => value != 0 ? (byte)1 : (byte)0),
    };

    static byte[] Narrow<T>(ReadOnlySpan<double> values, Func<double, T> round) where T : unmanaged
    {
        var result = new byte[values.Length * Marshal.SizeOf<T>()];
        Span<T> to = MemoryMarshal.Cast<byte, T>(result.AsSpan());
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = round(values[i]);
        }
        return result;
    }

    sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
        {
            if (pieces.Count == 1)
            {
                return new ReadOnlySequence<byte>(pieces[0]);
            }
            Piece first = new() { Memory = pieces[0] }, last = first;
            foreach (ReadOnlyMemory<byte> piece in pieces.Skip(1))
            {
                var next = new Piece { Memory = piece, RunningIndex = last.RunningIndex + last.Memory.Length };
                (last.Next, last) = (next, next);
            }
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
