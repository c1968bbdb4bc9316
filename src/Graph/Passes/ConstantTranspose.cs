using System.Runtime.InteropServices;
using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Passes;

/// <summary>Transposes a constant in its own element type: large weights as float64 would take four times their size.</summary>
static class ConstantTranspose
{
    // Elements of a block's side: rows are read and written in whole cache lines.
    const int Block = 32;

    /// <param name="tensor">A tensor in one piece.</param>
    /// <param name="attributes">Those of the Transpose node.</param>
    public static TensorData Of(TensorData tensor, Attributes attributes)
    {
        int[] sizes = [.. tensor.Sizes.Select(size => (int)size)];
        int[] permutation = ShapeOperators.Permutation(attributes, sizes.Length), strides = NdArray.Strides(sizes);
        int[] dims = [.. permutation.Select(axis => sizes[axis])], steps = [.. permutation.Select(axis => strides[axis])];
        var bytes = new byte[tensor.ByteCount];
        switch (tensor.Type.SizeBytes())
        {
            case 1: Gather<byte>(tensor, bytes, dims, steps); break;
            case 2: Gather<ushort>(tensor, bytes, dims, steps); break;
            case 4: Gather<uint>(tensor, bytes, dims, steps); break;
            default: Gather<ulong>(tensor, bytes, dims, steps); break;
        }
        return new TensorData(tensor.Type, [.. dims.Select(size => (long)size)], bytes);
    }

    // result[i0,i1,..] = tensor[i0*steps[0] + i1*steps[1] + ..], by blocks of the last two axes.
    static void Gather<T>(TensorData tensor, byte[] result, int[] dims, int[] steps) where T : unmanaged
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(tensor.Bytes.Span);
        Span<T> to = MemoryMarshal.Cast<byte, T>(result.AsSpan());
        ((int rows, int rowStep), (int columns, int columnStep)) = (Axis(dims, steps, 2), Axis(dims, steps, 1));
        foreach (int start in NdArray.Positions([.. dims.SkipLast(2)], steps))
        {
            for (int top = 0; top < rows; top += Block)
            {
                for (int left = 0; left < columns; left += Block)
                {
                    for (int row = top; row < Math.Min(top + Block, rows); row++)
                    {
                        for (int column = left; column < Math.Min(left + Block, columns); column++)
                        {
                            to[row * columns + column] = from[start + row * rowStep + column * columnStep];
                        }
                    }
                }
            }
            to = to[(rows * columns)..];
        }
    }

    // An axis by its number from the end; where there is none, one of size 1.
    static (int Size, int Step) Axis(int[] dims, int[] steps, int fromEnd) =>
        dims.Length >= fromEnd ? (dims[^fromEnd], steps[^fromEnd]) : (1, 0);
}
