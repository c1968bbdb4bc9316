using Toolchain.Data.Reading;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Npy;

/// <summary>Reads NumPy's .npy files of any numbers in either order; writes UInt8, Float32, Float64 and Int64, row-major,
/// little-endian.</summary>
public static class NpyFile
{
    /// <summary>Writes the file that numpy.save would, whole or not at all.</summary>
    /// <exception cref="ArgumentException">The element type is none of the four.</exception>
    public static void Write(string path, TensorEntry tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        AtomicFile.Write(path, Writer(tensor));
    }

    /// <summary>Writes arrays that belong together: all of them, or none.</summary>
    /// <exception cref="IOException">The disk is full or a folder cannot be written.</exception>
    public static void WriteAll(IEnumerable<(string Path, TensorEntry Tensor)> arrays) =>
        AtomicFile.WriteAll([.. arrays.Select(array => (array.Path, Writer(array.Tensor)))]);

    /// <summary>What writes the file's bytes to a stream.</summary>
    internal static Action<Stream> Writer(TensorEntry tensor)
    {
        byte[] header = NpyHeader.Write(tensor.Kind, tensor.Shape);
        return stream =>
        {
            stream.Write(header);
            stream.Write(tensor.Data.Span);
        };
    }

    /// <summary>Reads a file. Object arrays and records are refused; column-major and big-endian elements come row-major and
    /// little-endian.</summary>
    /// <exception cref="InvalidDataException">The file is no such .npy file, or its length does not fit its shape.</exception>
    public static TensorEntry Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads to the end of a stream; <paramref name="path"/> is its name in errors.</summary>
    internal static TensorEntry Read(Stream stream, string path) => Read(stream, NpyHeader.Read(stream, path), path);

    /// <summary>Reads what follows a header.</summary>
    internal static TensorEntry Read(Stream stream, NpyHeader.Parsed header, string path)
    {
        if (TensorEntry.SizeBytes(header.Kind, header.Shape) is not { } size)
        {
            throw new InvalidDataException($"'{path}': offset 10: expected fewer than 2^63 bytes, found shape "
                + $"({string.Join(", ", header.Shape)}); save the array again.");
        }
        byte[] data = ExactRead.Bytes(stream, new(path, header.DataOffset, size, "elements"));
        ExactRead.End(stream, path, header.DataOffset + size);
        int elementSize = TensorEntry.ElementSize(header.Kind);
        if (header.IsBigEndian)
        {
            Elements.Reverse(data, elementSize);
        }
        return new(header.Kind, header.Shape, header.IsColumnMajor ? Elements.ToRowMajor(data, header.Shape, elementSize) : data);
    }
}
