using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Images;

/// <summary>Writes 8-bit PNG files. Source: PNG specification, W3C, third edition.</summary>
public static class PngWriter
{
    /// <summary>Writes a greyscale image, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">width * height bytes, row-major, 0 for black.</param>
    /// <exception cref="ArgumentException">Size and pixels disagree.</exception>
    public static void WriteGrey(string path, int width, int height, ReadOnlySpan<byte> pixels)
    {
        byte[] file = Encode(width, height, 1, pixels);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>Writes a colour image, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">width * height * 3 bytes, row-major, red first.</param>
    /// <exception cref="ArgumentException">Size and pixels disagree.</exception>
    public static void WriteRgb(string path, int width, int height, ReadOnlySpan<byte> pixels)
    {
        byte[] file = Encode(width, height, 3, pixels);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>A file of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) samples a pixel, for embedding elsewhere.</summary>
    /// <exception cref="ArgumentException">Size and pixels disagree, or there is no such number of samples.</exception>
    public static byte[] Encode(int width, int height, int samples, ReadOnlySpan<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        int colour = samples switch
        {
            1 => 0,
            2 => 4,
            3 => 2,
            4 => 6,
            _ => throw new ArgumentException($"'{nameof(samples)}' must be in [1..4], was {samples}.", nameof(samples)),
        };
        if (pixels.Length != (long)width * height * samples)
        {
            throw new ArgumentException($"'{nameof(pixels)}' must hold {width} * {height} * {samples} bytes, held {pixels.Length}.",
                nameof(pixels));
        }
        // Width and height, then 8 bits a sample, the colour type, and the only compression and filter method, not interlaced.
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, (byte)colour, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        using var file = new MemoryStream();
        file.Write(FileKinds.PngMagic);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(pixels, width * samples));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    // Filter 0 on every row: digits are mostly flat background, where filters gain nothing.
    static byte[] Compress(ReadOnlySpan<byte> pixels, int stride)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            for (int start = 0; start < pixels.Length; start += stride)
            {
                deflate.WriteByte(0);
                deflate.Write(pixels.Slice(start, stride));
            }
        }
        return packed.ToArray();
    }

    static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), Crc32.HashToUInt32(chunk.AsSpan(4, content.Length + 4)));
        file.Write(chunk);
    }
}
