using System.Buffers;
using System.Runtime.InteropServices;
using Onnx;

namespace Toolchain.Graph.Reading;

/// <summary>
/// Reads a constant tensor. What its sizes promise is compared with the bytes that are there before anything is made of them.
/// </summary>
static class TensorReader
{
    /// <summary>More axes than any operator takes; keeps texts and loops over axes short.</summary>
    public const int MostAxes = 64;

    /// <param name="tensor">The tensor in the file.</param>
    /// <param name="external">Files beside the model; null where only the model itself is at hand.</param>
    /// <param name="cut">Its content, where that was taken out of the message.</param>
    /// <exception cref="GraphException">Type, sizes and bytes do not fit each other, or are not supported.</exception>
    public static TensorData Read(TensorProto tensor, ExternalData? external, ReadOnlySequence<byte>? cut = null)
    {
        var type = (ElementType)tensor.DataType;
        long length = checked(Elements(tensor.Dims) * type.SizeBytes());
        if (tensor.Segment is not null)
        {
            throw new GraphException("it is one segment of a tensor; expected whole tensors.");
        }
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return TensorData.OfPieces(type, [.. tensor.Dims], external?.Read(tensor, length)
                ?? throw new GraphException("it lies in another file; expected a self-contained model, or a path to read from."));
        }
        return cut is ReadOnlySequence<byte> content ? new TensorData(type, [.. tensor.Dims], content)
            : new TensorData(type, [.. tensor.Dims], tensor.HasRawData ? tensor.RawData.Memory : type switch
            {
                ElementType.Float32 => Bytes<float>(tensor.FloatData),
                ElementType.Float64 => Bytes<double>(tensor.DoubleData),
                ElementType.Int64 => Bytes<long>(tensor.Int64Data),
                ElementType.Int32 => Bytes<int>(tensor.Int32Data),
                ElementType.Float16 or ElementType.BFloat16 => Bytes<ushort>(tensor.Int32Data.Select(value => unchecked((ushort)value))),
                _ => Bytes<byte>(tensor.Int32Data.Select(value => unchecked((byte)value))),
            });
    }

    /// <summary>Number of elements that <paramref name="sizes"/> promise.</summary>
    /// <exception cref="GraphException">There are too many axes, a size is negative, or the number is out of reach.</exception>
    public static long Elements(IReadOnlyList<long> sizes)
    {
        if (sizes.Count > MostAxes)
        {
            throw new GraphException($"it has {sizes.Count} axes; expected at most {MostAxes}.");
        }
        long count = 1;
        foreach (long size in sizes)
        {
            if (size < 0)
            {
                throw new GraphException($"it has a negative size in [{string.Join(",", sizes)}].");
            }
            // 2^31 elements are past every array; so the product of two such numbers fits a long.
            count = size > 1L << 31 || (count *= size) > 1L << 31
                ? throw new GraphException($"its sizes [{string.Join(",", sizes)}] promise more elements than an array holds.") : count;
        }
        return count;
    }

    static byte[] Bytes<T>(IEnumerable<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values.ToArray().AsSpan()).ToArray();
}
