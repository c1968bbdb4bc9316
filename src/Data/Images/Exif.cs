using System.Buffers.Binary;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Images;

/// <summary>How a camera was held: EXIF's orientation in [1..8], 1 for upright. Source: CIPA DC-008 (Exif 2.32), tag 0x0112.</summary>
static class Exif
{
    const int OrientationTag = 0x0112;

    /// <summary>The orientation in a PNG's chunk eXIf; 1 where there is none, or it is damaged.</summary>
    public static int OfPng(ReadOnlySpan<byte> file)
    {
        for (int at = FileKinds.PngMagic.Length; at + 12 <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                break;
            }
            if (file.Slice(at + 4, 4).SequenceEqual("eXIf"u8))
            {
                return OfTiff(file.Slice(at + 8, (int)length));
            }
            at += 12 + (int)length;
        }
        return 1;
    }

    /// <summary>The picture as it was seen: <paramref name="orientation"/> says where its first row and column are.</summary>
    public static Picture Upright(Picture image, int orientation)
    {
        if (orientation is < 2 or > 8)
        {
            return image;
        }
        (int width, int height) = orientation >= 5 ? (image.Height, image.Width) : (image.Width, image.Height);
        byte[] upright = new byte[image.Pixels.Length];
        for (int i = 0; i < upright.Length; i++)
        {
            (int plane, int at) = Math.DivRem(i, width * height);
            (int y, int x) = Math.DivRem(at, width);
            (int column, int row) = orientation switch
            {
                2 => (image.Width - 1 - x, y),
                3 => (image.Width - 1 - x, image.Height - 1 - y),
                4 => (x, image.Height - 1 - y),
                5 => (y, x),
                6 => (y, image.Height - 1 - x),
                7 => (image.Width - 1 - y, image.Height - 1 - x),
                _ => (image.Width - 1 - y, x),
            };
            upright[i] = image.Pixels[plane * width * height + row * image.Width + column];
        }
        return new(width, height, upright);
    }

    // The first directory of a TIFF header: count, then entries of 12 bytes (tag, type, count, value).
    static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool big = tiff.StartsWith("MM"u8);
        if (tiff.Length < 8 || !(big || tiff.StartsWith("II"u8)))
        {
            return 1;
        }
        uint start = big ? BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]);
        if (start > tiff.Length - 2)
        {
            return 1;
        }
        ReadOnlySpan<byte> directory = tiff[(int)start..];
        int count = Short(directory);
        for (int entry = 2; count > 0 && entry + 12 <= directory.Length; entry += 12, count--)
        {
            if (Short(directory[entry..]) == OrientationTag)
            {
                return Short(directory[(entry + 8)..]);
            }
        }
        return 1;

        int Short(ReadOnlySpan<byte> bytes) => big
            ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }
}
