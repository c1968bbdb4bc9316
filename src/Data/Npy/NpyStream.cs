using Toolchain.Data.Reading;
using Toolchain.Data.Streams;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Npy;

/// <summary>Images of an .npy, in either order of its elements.</summary>
static class NpyStream
{
    // Of a column-major array, which is read whole.
    const long MostColumnMajorBytes = 128 << 20;

    /// <summary>Opens the images.</summary>
    /// <param name="name">What a report calls them.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="content">The .npy, at its start; disposed with what comes back.</param>
    /// <param name="packed">The file where <paramref name="content"/> unpacks it; null for none.</param>
    public static TensorStream Open(string name, string path, Stream content, FileStream? packed)
    {
        NpyHeader.Parsed header = NpyHeader.Read(content, path);
        PixelLayout layout = PixelLayout.Of(header.Shape, header.Kind, header.IsBigEndian, header.DataOffset, path);
        if (!header.IsColumnMajor)
        {
            return new(new(name, path, packed), content, layout);
        }
        long size = TensorEntry.SizeBytes(header.Kind, header.Shape)!.Value;
        if (size > MostColumnMajorBytes)
        {
            throw new InvalidDataException(
                $"'{path}': offset 10: expected at most {MostColumnMajorBytes} bytes in column-major order, found {size}; save "
                    + "numpy.ascontiguousarray(array).");
        }
        byte[] data = ExactRead.Bytes(content, new(path, header.DataOffset, size, "elements"));
        ExactRead.End(content, path, header.DataOffset + size);
        var ordered = new MemoryStream(Elements.ToRowMajor(data, header.Shape, TensorEntry.ElementSize(header.Kind)));
        return new(new(name, path, packed ?? content as FileStream), ordered, layout with { Offset = 0 });
    }
}
