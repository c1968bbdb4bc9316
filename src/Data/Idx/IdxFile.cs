using System.Buffers.Binary;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Idx;

/// <summary>
/// IDX files of unsigned bytes, the form in which MNIST is published. Source: http://yann.lecun.com/exdb/mnist: two zero bytes, 08 for
/// bytes, the number of axes, each axis as a big-endian 32-bit integer, then the elements.
/// </summary>
static class IdxFile
{
    // Numbers of a label of QMNIST; columns of one-hot labels.
    const int WideLabels = 8, MostClasses = 256;

    /// <summary>The element type of IDX's third byte; null for none.</summary>
    static TensorKind? KindOf(byte code) => code switch
    {
        0x08 => TensorKind.UInt8,
        0x09 => TensorKind.Int8,
        0x0B => TensorKind.Int16,
        0x0C => TensorKind.Int32,
        0x0D => TensorKind.Float32,
        0x0E => TensorKind.Float64,
        _ => null,
    };

    /// <summary>Reads the head of images [N,H,W] and leaves the stream at the first pixel.</summary>
    public static PixelLayout ReadLayout(Stream stream, string path)
    {
        (TensorKind kind, int[] axes) = ReadAxes(stream, path);
        return axes.Length > 1
            ? PixelLayout.Of(Array.ConvertAll(axes, size => (long)size), kind, true, 4 + 4 * axes.Length, path) with { What = "pixels" }
            : throw new InvalidDataException($"'{path}': offset 0: expected IDX images, found {axes[0]} labels; name the images first, "
                + "then the labels after a comma.");
    }

    /// <summary>Images [N,28,28] as N * 784 bytes.</summary>
    public static byte[] ReadImages(Stream stream, string path)
    {
        (TensorKind kind, int[] axes) = ReadAxes(stream, path);
        return kind == TensorKind.UInt8 && axes is [_, 28, 28]
            ? ReadElements(stream, (long)axes[0] * ImageShape.Mnist.Size, path, 16, "pixels")
            : throw new InvalidDataException($"'{path}': offset 8: expected images of 28 x 28, found {kind} [{string.Join(',', axes)}]; "
                + "this is not MNIST.");
    }

    /// <summary>Labels [N], whatever they say; [N,8] as QMNIST has them, the class first; or one-hot [N,K].</summary>
    public static SourceLabels ReadLabels(Stream stream, string path)
    {
        (TensorKind kind, int[] axes) = ReadAxes(stream, path);
        if (axes is [_] or [_, > 1 and <= MostClasses])
        {
            int size = TensorEntry.ElementSize(kind), width = axes.Length == 1 ? 1 : axes[1];
            byte[] elements = ReadElements(stream, (long)axes[0] * width * size, path, 4 + 4 * axes.Length, "labels");
            Elements.Reverse(elements, size);
            return SourceLabels.Of(kind == TensorKind.Int32 && width == WideLabels ? FirstColumn(elements, axes[0], size)
                : new(kind, Array.ConvertAll(axes, axis => (long)axis), elements), path);
        }
        throw new InvalidDataException($"'{path}': offset 0: expected IDX labels, found {kind} [{string.Join(',', axes)}]; images "
            + "and labels may be swapped.");
    }

    static TensorEntry FirstColumn(byte[] elements, int rows, int size)
    {
        byte[] column = new byte[rows * size];
        for (int row = 0; row < rows; row++)
        {
            elements.AsSpan(row * WideLabels * size, size).CopyTo(column.AsSpan(row * size));
        }
        return new(TensorKind.Int32, [rows], column);
    }

    static (TensorKind Kind, int[] Axes) ReadAxes(Stream stream, string path)
    {
        byte[] magic = ExactRead.Bytes(stream, new(path, 0, 4, "IDX magic"));
        if (FileKinds.Of(magic) != FileKind.Idx)
        {
            throw new InvalidDataException($"'{path}': offset 0: expected the IDX magic 00000801 of labels or 00000803 of images, found "
                + $"{FileKinds.Advice(magic)}.");
        }
        int axisCount = magic[3];
        byte[] bytes = ExactRead.Bytes(stream, new(path, 4, 4 * axisCount, "IDX axes"));
        int[] axes = new int[axisCount];
        for (int axis = 0; axis < axisCount; axis++)
        {
            axes[axis] = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 * axis));
            if (axes[axis] < 0)
            {
                throw new InvalidDataException($"'{path}': offset {4 + 4 * axis}: expected an axis of at most {int.MaxValue}, found "
                    + $"{(uint)axes[axis]}; the header is damaged.");
            }
        }
        return (KindOf(magic[2])!.Value, axes);
    }

    static byte[] ReadElements(Stream stream, long count, string path, int offset, string what)
    {
        byte[] elements = ExactRead.Bytes(stream, new(path, offset, count, what));
        ExactRead.End(stream, path, offset + count);
        return elements;
    }
}
