using System.Buffers.Binary;
using Toolchain.Data;

namespace Toolchain.Deploy.Runtimes;

/// <summary>Images as a folder of IDX files, the form that the check scripts read: [N,H,W], in colour [N,H,W,3].</summary>
static class IdxFolder
{
    /// <summary>The file of the images.</summary>
    public const string Images = "images-idx3-ubyte";

    /// <summary>The file of the labels.</summary>
    public const string Labels = "labels-idx1-ubyte";

    // Codes of element types.
    const byte Byte = 8, Integer = 12;

    /// <summary>Writes it.</summary>
    public static void Write(string folder, ImageSet images)
    {
        Directory.CreateDirectory(folder);
        ImageShape shape = images.Shape;
        byte[] pixels = images.Pixels;
        if (shape.IsRgb)
        {
            pixels = new byte[images.Pixels.Length];
            for (int i = 0; i < pixels.Length; i++)
            {
                (int image, int rest) = Math.DivRem(i, shape.Size);
                (int pixel, int channel) = Math.DivRem(rest, shape.Channels);
                pixels[i] = images.Pixels[image * shape.Size + channel * shape.PixelCount + pixel];
            }
        }
        int[] axes = shape.IsRgb ? [images.Count, shape.Height, shape.Width, shape.Channels] : [images.Count, shape.Height, shape.Width];
        File.WriteAllBytes(Path.Combine(folder, Images), [.. Head(Byte, axes), .. pixels]);
        if (images.Labels is { } labels)
        {
            bool isWide = images.Classes!.Count > byte.MaxValue + 1;
            File.WriteAllBytes(Path.Combine(folder, Labels), isWide
                ? [.. Head(Integer, images.Count), .. labels.SelectMany(BigEndian)]
                : [.. Head(Byte, images.Count), .. labels.Select(label => (byte)label)]);
        }
    }

    static IEnumerable<byte> Head(byte type, params int[] axes) => [0, 0, type, (byte)axes.Length, .. axes.SelectMany(BigEndian)];

    static byte[] BigEndian(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
