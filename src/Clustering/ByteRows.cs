using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering;

/// <summary>A matrix of 8-bit rows [N,D], row-major, over memory that is not copied: a quarter of the memory traffic of float32.</summary>
public readonly struct ByteRows : IRows
{
    // Bytes that ByteProducts takes at a time.
    const int Piece = 32;

    // The columns of each row that are not known to be 0, in whole pieces; null where none are known.
    readonly (int First, int End)[]? extents;

    /// <summary>Rows of <paramref name="width"/> bytes each; a byte b stands for the number b / <paramref name="divisor"/>.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the width, or the width is below 1.</exception>
    public ByteRows(ReadOnlyMemory<byte> values, int width, float divisor = 255)
    {
        if (width < 1 || values.Length % width != 0)
        {
            throw new ArgumentException($"{values.Length} bytes cannot be rows of '{nameof(width)}' = {width}.", nameof(width));
        }
        (Values, Width, Divisor) = (values, width, divisor);
    }

    ByteRows(ByteRows rows, (int, int)[] extents)
    {
        this = rows;
        this.extents = extents;
    }

    /// <summary>All bytes, row after row.</summary>
    public ReadOnlyMemory<byte> Values { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public float Divisor { get; }

    /// <inheritdoc/>
    public int Count => Values.Length / Width;

    /// <summary>The same numbers in float32.</summary>
    public Rows ToRows() => Rows.FromBytes(Values.Span, Width, Divisor);

    ReadOnlySpan<float> IRows.Block(int first, int count) => default;

    bool IRows.HasBytes => ByteProducts.IsSupported && ByteProducts.Limit(Width) >= byte.MaxValue;

    ReadOnlySpan<byte> IRows.Bytes(int row, out int first) => Bytes(row, out first);

    ReadOnlySpan<byte> Bytes(int row, out int first)
    {
        (first, int end) = extents == null ? (0, Width) : extents[row];
        return Values.Span.Slice(row * Width + first, end - first);
    }

    /// <summary>The same rows, with the zeros at both ends of each found, so that <see cref="Bytes"/> leaves them out.</summary>
    internal ByteRows WithExtents(int threads)
    {
        ByteRows rows = this;
        var found = new (int, int)[Count];
        Chunks.ForEach(found.Length, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<byte> bytes = rows.Values.Span.Slice(row * rows.Width, rows.Width);
                int begin = Math.Max(0, bytes.IndexOfAnyExcept((byte)0)), last = bytes.LastIndexOfAnyExcept((byte)0) + 1;
                found[row] = (begin / Piece * Piece, Math.Min(rows.Width, (last + Piece - 1) / Piece * Piece));
            }
        });
        return new ByteRows(this, found);
    }

    // Bytes are finite.
    void IRows.Check() => Rows.RequireAny(Count);

    void IRows.Prefetch(int row) => VectorKernels.Prefetch(Bytes(row, out _));

    void IRows.Read(int row, int column, Span<float> to)
    {
        ReadOnlySpan<byte> bytes = Values.Span.Slice(row * Width + column, to.Length);
        ref byte from = ref MemoryMarshal.GetReference(bytes);
        ref float target = ref MemoryMarshal.GetReference(to);
        int i = 0;
        for (; i + 8 <= to.Length; i += 8)
        {
            Vector128<byte> eight = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i))).AsByte();
            Vector256<int> wide = Avx2.IsSupported
                ? Avx2.ConvertToVector256Int32(eight)
                : Vector256.WidenLower(Vector128.WidenLower(eight).ToVector256Unsafe()).AsInt32();
            Vector256.ConvertToSingle(wide).StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < to.Length; i++)
        {
            to[i] = bytes[i];
        }
    }
}
