using System.Globalization;
using System.Runtime.InteropServices;

namespace Toolchain.Data;

/// <summary>Images from a tensor.</summary>
static class NpyDigits
{
    /// <summary>[N,28,28] or [N,784], uint8 as it is or float32 in [0,1] scaled to 255 and rounded, as N * 784 bytes.</summary>
    public static byte[] Pixels(TensorEntry tensor, string path)
    {
        bool fits = tensor.Shape is [_, DigitSet.Side, DigitSet.Side] or [_, DigitSet.PixelCount];
        if (!fits || tensor.Kind is not (TensorKind.UInt8 or TensorKind.Float32))
        {
            throw new InvalidDataException($"'{path}': offset 10: expected uint8 or float32 [N,28,28] or [N,784], found {tensor.Kind} [{string.Join(',', tensor.Shape.ToArray())}]; reshape it, or convert it with astype('uint8').");
        }
        return tensor.Kind == TensorKind.UInt8 ? tensor.Data.ToArray() : FromUnitRange(MemoryMarshal.Cast<byte, float>(tensor.Data.Span), path);
    }

    static byte[] FromUnitRange(ReadOnlySpan<float> values, string path)
    {
        byte[] pixels = new byte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] >= 0 && values[i] <= 1))
            {
                throw new InvalidDataException($"'{path}': image {i / DigitSet.PixelCount}, pixel {i % DigitSet.PixelCount}: expected float32 in [0,1], found {values[i].ToString(CultureInfo.InvariantCulture)}; divide by 255, or save uint8.");
            }
            pixels[i] = (byte)MathF.Round(values[i] * 255);
        }
        return pixels;
    }
}
