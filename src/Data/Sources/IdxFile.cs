using System.Buffers.Binary;

namespace Toolchain.Data;

/// <summary>
/// IDX files of unsigned bytes, the form in which MNIST is published. Source: http://yann.lecun.com/exdb/mnist: two zero bytes, 08 for bytes, the
/// number of axes, each axis as a big-endian 32-bit integer, then the elements.
/// </summary>
static class IdxFile
{
    const int ByteElements = 0x0800;

    /// <summary>Reads the head of images [N,H,W] and leaves the stream at the first pixel.</summary>
    public static PixelLayout ReadLayout(Stream stream, string path)
    {
        int[] axes = ReadAxes(stream, path, 3, "images");
        GreyImage.RequireSize(axes[2], axes[1], path, GreyImage.MaxTensorPixels);
        return new(axes[0], axes[1], axes[2], false, 16, "pixels");
    }

    /// <summary>Images [N,28,28] as N * 784 bytes.</summary>
    public static byte[] ReadImages(Stream stream, string path)
    {
        int[] axes = ReadAxes(stream, path, 3, "images");
        return axes is [_, DigitSet.Side, DigitSet.Side] ? ReadElements(stream, (long)axes[0] * DigitSet.PixelCount, path, 16, "pixels")
            : throw new InvalidDataException($"'{path}': offset 8: expected images of 28 x 28, found {axes[1]} x {axes[2]}; this is not MNIST.");
    }

    /// <summary>Labels [N], each in [0..9].</summary>
    public static byte[] ReadLabels(Stream stream, string path)
    {
        int[] axes = ReadAxes(stream, path, 1, "labels");
        byte[] labels = ReadElements(stream, axes[0], path, 8, "labels");
        int wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)9);
        return wrong < 0 ? labels
            : throw new InvalidDataException($"'{path}': offset {8 + wrong}: expected a digit 0..9, found {labels[wrong]}; the file holds other classes than digits.");
    }

    /// <summary>The stream itself, or what it unpacks to where it starts as gzip does.</summary>
    public static Stream Unpack(Stream stream)
    {
        byte[] start = new byte[2];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (stream.CanSeek)
        {
            stream.Position = 0;
        }
        else
        {
            stream = new PrefixedStream(start.AsMemory(0, length), stream);
        }
        return GzipReader.HasMagic(start.AsSpan(0, length)) ? new GzipReader(stream) : stream;
    }

    static int[] ReadAxes(Stream stream, string path, int axisCount, string what)
    {
        int expected = ByteElements | axisCount;
        int magic = BinaryPrimitives.ReadInt32BigEndian(ExactRead.Bytes(stream, 4, path, 0, "IDX magic"));
        if (magic != expected)
        {
            throw new InvalidDataException($"'{path}': offset 0: expected the IDX magic {expected:X8} of {what}, found {magic:X8}; images and labels may be swapped.");
        }
        byte[] bytes = ExactRead.Bytes(stream, 4 * axisCount, path, 4, "IDX axes");
        int[] axes = new int[axisCount];
        for (int axis = 0; axis < axisCount; axis++)
        {
            axes[axis] = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 * axis));
            if (axes[axis] < 0)
            {
                throw new InvalidDataException($"'{path}': offset {4 + 4 * axis}: expected an axis of at most {int.MaxValue}, found {(uint)axes[axis]}; the header is damaged.");
            }
        }
        return axes;
    }

    static byte[] ReadElements(Stream stream, long count, string path, int offset, string what)
    {
        byte[] elements = ExactRead.Bytes(stream, count, path, offset, what);
        ExactRead.End(stream, path, offset + count);
        return elements;
    }
}
