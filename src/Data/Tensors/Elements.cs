using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Toolchain.Data.Tensors;

/// <summary>Elements of a tensor as numbers, whatever their type.</summary>
static class Elements
{
    /// <summary>Whether elements may be fractions.</summary>
    public static bool IsFloat(TensorKind kind) =>
        kind is TensorKind.Float16 or TensorKind.BFloat16 or TensorKind.Float32 or TensorKind.Float64;

    /// <summary>Turns big-endian elements into little-endian ones, in place.</summary>
    public static void Reverse(Span<byte> bytes, int elementSize)
    {
        for (int at = 0; at + elementSize <= bytes.Length && elementSize > 1; at += elementSize)
        {
            bytes.Slice(at, elementSize).Reverse();
        }
    }

    /// <summary>The element at <paramref name="index"/>, little-endian. Whole numbers beyond 2^53 lose their last digits.</summary>
    public static double At(ReadOnlySpan<byte> bytes, TensorKind kind, int index) => kind switch
    {
        TensorKind.Bool or TensorKind.UInt8 => bytes[index],
        TensorKind.Int8 => (sbyte)bytes[index],
        TensorKind.Int16 => MemoryMarshal.Cast<byte, short>(bytes)[index],
        TensorKind.UInt16 => MemoryMarshal.Cast<byte, ushort>(bytes)[index],
        TensorKind.Int32 => MemoryMarshal.Cast<byte, int>(bytes)[index],
        TensorKind.UInt32 => MemoryMarshal.Cast<byte, uint>(bytes)[index],
        TensorKind.Int64 => MemoryMarshal.Cast<byte, long>(bytes)[index],
        TensorKind.UInt64 => MemoryMarshal.Cast<byte, ulong>(bytes)[index],
        TensorKind.Float16 => (double)MemoryMarshal.Cast<byte, Half>(bytes)[index],
        TensorKind.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]) << 16),
        TensorKind.Float32 => MemoryMarshal.Cast<byte, float>(bytes)[index],
        _ => MemoryMarshal.Cast<byte, double>(bytes)[index],
    };

    /// <summary>A copy of column-major elements in row-major order.</summary>
    public static byte[] ToRowMajor(ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape, int elementSize)
    {
        byte[] ordered = new byte[bytes.Length];
        long[] index = new long[shape.Length];
        for (int target = 0; target < bytes.Length; target += elementSize)
        {
            long source = 0;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                source = source * shape[axis] + index[axis];
            }
            bytes.Slice((int)source * elementSize, elementSize).CopyTo(ordered.AsSpan(target));
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
        return ordered;
    }
}
