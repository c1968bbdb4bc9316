using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Toolchain.Data.Images;

/// <summary>Formats that SkiaSharp decodes for us: JPEG, WebP, BMP, GIF, and the PNG kinds that <see cref="PngReader"/> leaves.</summary>
static class SkiaReader
{
    /// <summary>Decodes to 1 or 3 channels, as the file has it; <paramref name="orientation"/> is EXIF's.</summary>
    /// <exception cref="InvalidDataException">The image is damaged, too large, or an animation.</exception>
    public static Picture Read(ReadOnlySpan<byte> bytes, string name, int channels, out int orientation)
    {
        using var data = SKData.CreateCopy(bytes);
        using SKCodec codec = SKCodec.Create(data)
            ?? throw new InvalidDataException($"'{name}': offset 0: expected a whole image, found a damaged header; save the image again.");
        if (codec.FrameCount > 1)
        {
            throw new InvalidDataException($"'{name}': expected one picture, found an animation of {codec.FrameCount} frames; save the "
                + "frame that is meant, or leave it out with --skip-bad.");
        }
        orientation = (int)codec.EncodedOrigin;
        Picture.RequireSize(codec.Info.Width, codec.Info.Height, name);
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        // Up to 64 MiB: rented, so that one large image after another does not fill the memory until the collector comes.
        byte[] rgba = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        var pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            SKCodecResult result = codec.GetPixels(info, pinned.AddrOfPinnedObject());
            if (result != SKCodecResult.Success)
            {
                throw new InvalidDataException($"'{name}': expected {info.Width} x {info.Height} pixels, found a damaged or truncated "
                    + $"image ({result}); save the image again.");
            }
            return Picture.FromRgba(info.Width, info.Height, rgba.AsSpan(0, info.BytesSize), channels);
        }
        finally
        {
            pinned.Free();
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }
}
