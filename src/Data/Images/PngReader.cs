using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Images;

/// <summary>
/// PNG with 8 or 16 bits a sample, not interlaced: grey, grey and alpha, RGB, RGBA, palette. Chunk checksums and lengths are checked, and
/// the size before anything is allocated for it. Source: PNG specification, W3C, third edition.
/// </summary>
static class PngReader
{
    readonly record struct Header(int Width, int Height, int Samples, int SampleBytes, bool IsPalette);

    /// <summary>Decodes to 1 or 3 channels, a grey file always to 1; null for a sound file of a kind this reader leaves to others (4, 2 or
    /// 1 bits, interlaced).</summary>
    public static Picture? Read(ReadOnlySpan<byte> bytes, string name, int channels)
    {
        Header? header = null;
        byte[] palette = [];
        using var compressed = new MemoryStream(bytes.Length);
        int offset = FileKinds.PngMagic.Length;
        for (bool ended = false; !ended;)
        {
            ReadOnlySpan<byte> type = NextChunk(bytes, ref offset, name, out ReadOnlySpan<byte> content);
            if (header is null)
            {
                if (!type.SequenceEqual("IHDR"u8) || content.Length != 13)
                {
                    throw Broken(name, 8, "the chunk IHDR of 13 bytes first", $"{ChunkName(type)} of {content.Length}");
                }
                header = ParseHeader(content, name);
                if (header is null)
                {
                    return null;
                }
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                palette = ParsePalette(content, name, offset);
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                if (!header.Value.IsPalette)
                {
                    return null; // a single transparent colour: rare, and others read it
                }
                for (int i = 0; i < Math.Min(content.Length, palette.Length / 4); i++)
                {
                    palette[4 * i + 3] = content[i];
                }
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                compressed.Write(content);
            }
            else if (type.SequenceEqual("acTL"u8))
            {
                throw new InvalidDataException($"'{name}': expected one picture, found an animation; save the frame that is meant, or "
                    + "leave it out with --skip-bad.");
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                ended = true;
            }
            else if (char.IsAsciiLetterUpper((char)type[0]))
            {
                throw Broken(name, offset, "only known critical chunks", ChunkName(type));
            }
        }
        byte[] samples = Unfilter(compressed, header!.Value, name);
        return ToPicture(samples, header.Value, palette, channels, name);
    }

    static ReadOnlySpan<byte> NextChunk(ReadOnlySpan<byte> bytes, ref int offset, string name, out ReadOnlySpan<byte> content)
    {
        int start = offset;
        uint length = bytes.Length - start < 12 ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(bytes[start..]);
        if (length > (uint)Math.Max(0, bytes.Length - start - 12) || bytes.Length - start < 12)
        {
            throw Broken(name, start, "a whole chunk", "the end of the file");
        }
        content = bytes.Slice(start + 8, (int)length);
        uint expected = Crc32.HashToUInt32(bytes.Slice(start + 4, (int)length + 4));
        offset = start + 12 + (int)length;
        uint found = BinaryPrimitives.ReadUInt32BigEndian(bytes[(offset - 4)..]);
        return found == expected ? bytes.Slice(start + 4, 4) : throw Broken(name, offset - 4, $"the checksum {expected:X8}", $"{found:X8}");
    }

    // Width and height of 4 bytes each, then a byte each: bits of a sample, colour type, compression, filter, interlacing.
    static Header? ParseHeader(ReadOnlySpan<byte> content, string name)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(content), height = BinaryPrimitives.ReadUInt32BigEndian(content[4..]);
        Picture.RequireSize(width, height, name);
        int colour = content[9];
        int samples = colour switch
        {
            0 or 3 => 1,
            4 => 2,
            2 => 3,
            6 => 4,
            _ => throw Broken(name, 25, "colour type 0, 2, 3, 4 or 6", $"{colour}"),
        };
        if (content[10] != 0 || content[11] != 0 || content[12] > 1)
        {
            throw Broken(name, 26, "compression 0, filter 0, interlace 0 or 1", $"{content[10]}, {content[11]}, {content[12]}");
        }
        return (content[8] == 8 || (content[8] == 16 && colour != 3)) && content[12] == 0
            ? new((int)width, (int)height, samples, content[8] / 8, colour == 3) : null;
    }

    static byte[] ParsePalette(ReadOnlySpan<byte> content, string name, int offset)
    {
        if (content.Length % 3 != 0 || content.Length > 768)
        {
            throw Broken(name, offset, "a palette of up to 256 * 3 bytes", $"{content.Length}");
        }
        byte[] palette = new byte[content.Length / 3 * 4];
        for (int i = 0; i < content.Length / 3; i++)
        {
            content.Slice(3 * i, 3).CopyTo(palette.AsSpan(4 * i));
            palette[4 * i + 3] = 255;
        }
        return palette;
    }

    static byte[] Unfilter(MemoryStream compressed, Header header, string name)
    {
        compressed.Position = 0;
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        int pixelBytes = header.Samples * header.SampleBytes, stride = header.Width * pixelBytes;
        long rowsBytes = (stride + 1L) * header.Height;
        byte[] rows;
        try
        {
            rows = ExactRead.Bytes(inflated, new(name, 0, rowsBytes, "unpacked pixels"));
            ExactRead.End(inflated, name, rowsBytes);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"'{name}': expected {header.Width} x {header.Height} pixels in its IDAT chunks, found others; "
                + "the image is damaged, save it again.", damaged);
        }
        byte[] samples = new byte[stride * header.Height];
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> filtered = rows.AsSpan(y * (stride + 1) + 1, stride);
            ReadOnlySpan<byte> above = y == 0 ? default : samples.AsSpan((y - 1) * stride, stride);
            UnfilterRow(rows[y * (stride + 1)], filtered, above, samples.AsSpan(y * stride, stride), pixelBytes, name);
        }
        return header.SampleBytes == 1 ? samples : Reduced(samples);
    }

    static void UnfilterRow(byte filter, ReadOnlySpan<byte> filtered, ReadOnlySpan<byte> above, Span<byte> row, int pixelBytes,
        string name)
    {
        if (filter > 4)
        {
            throw new InvalidDataException($"'{name}': expected a row filter in [0..4], found {filter}; the image is damaged, "
                + "save it again.");
        }
        if (filter == 0)
        {
            filtered.CopyTo(row);
            return;
        }
        for (int x = 0; x < row.Length; x++)
        {
            int left = x < pixelBytes ? 0 : row[x - pixelBytes];
            int up = above.IsEmpty ? 0 : above[x];
            int corner = above.IsEmpty || x < pixelBytes ? 0 : above[x - pixelBytes];
            int guess = filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) };
            row[x] = (byte)(filtered[x] + guess);
        }
    }

    // 16 bits, the higher byte first, to the nearest of 8.
    static byte[] Reduced(byte[] samples)
    {
        byte[] reduced = new byte[samples.Length / 2];
        for (int i = 0; i < reduced.Length; i++)
        {
            reduced[i] = (byte)(((samples[2 * i] << 8 | samples[2 * i + 1]) * 255 + ushort.MaxValue / 2) / ushort.MaxValue);
        }
        return reduced;
    }

    static int Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner), toCorner = Math.Abs(left + up - 2 * corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    static Picture ToPicture(byte[] samples, Header header, byte[] palette, int channels, string name)
    {
        if (header is { Samples: 1, IsPalette: false })
        {
            return new(header.Width, header.Height, samples);
        }
        byte[] rgba = new byte[header.Width * header.Height * 4];
        for (int i = 0; i < rgba.Length / 4; i++)
        {
            ReadOnlySpan<byte> pixel = samples.AsSpan(i * header.Samples, header.Samples);
            Span<byte> target = rgba.AsSpan(4 * i, 4);
            if (header.IsPalette)
            {
                if (pixel[0] >= palette.Length / 4)
                {
                    throw new InvalidDataException($"'{name}': expected palette indices below {palette.Length / 4}, found {pixel[0]}; the "
                        + "image is damaged, save it again.");
                }
                palette.AsSpan(4 * pixel[0], 4).CopyTo(target);
                continue;
            }
            bool isGrey = header.Samples == 2;
            target[0] = pixel[0];
            target[1] = isGrey ? pixel[0] : pixel[1];
            target[2] = isGrey ? pixel[0] : pixel[2];
            target[3] = header.Samples is 2 or 4 ? pixel[^1] : (byte)255;
        }
        return Picture.FromRgba(header.Width, header.Height, rgba, header.Samples == 2 ? 1 : channels);
    }

    static string ChunkName(ReadOnlySpan<byte> type) => $"chunk {Convert.ToHexString(type)}";

    static InvalidDataException Broken(string name, int offset, string expected, string found) =>
        new($"'{name}': offset {offset}: expected {expected}, found {found}; the image is damaged, save it again.");
}
