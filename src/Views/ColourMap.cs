using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Views;

/// <summary>A linear map of colours: each new channel is a weighted sum of red, green and blue, and a constant.</summary>
/// <param name="Matrix">Columns are what new red, green and blue are made of; the fourth row is the constant.</param>
readonly record struct ColourMap(Matrix4x4 Matrix)
{
    /// <summary>Weights of red, green and blue in grey (ITU-R BT.601).</summary>
    public static readonly float[] GreyWeights = [0.299f, 0.587f, 0.114f];

    // From red, green and blue to luma and two chroma axes (NTSC, FCC 1953): hue is the angle between these.
    static readonly Matrix4x4 toChroma = new(
        0.299f, 0.596f, 0.211f, 0,
        0.587f, -0.274f, -0.523f, 0,
        0.114f, -0.322f, 0.312f, 0,
        0, 0, 0, 1);

    /// <summary>Colours as they are.</summary>
    public static ColourMap Identity => new(Matrix4x4.Identity);

    /// <summary>This after another.</summary>
    public ColourMap After(ColourMap first) => new(first.Matrix * Matrix);

    /// <summary>All channels by a factor.</summary>
    public static ColourMap Scale(double factor) => new(Matrix4x4.CreateScale((float)factor));

    /// <summary>Distances from a grey by a factor.</summary>
    public static ColourMap Contrast(double factor, double grey) =>
        new(Matrix4x4.CreateScale((float)factor) * Matrix4x4.CreateTranslation(new Vector3((float)((1 - factor) * grey))));

    /// <summary>Distances from the pixel's own grey by a factor; 0 leaves grey.</summary>
    public static ColourMap Saturation(double factor)
    {
        float keep = (float)factor, grey = 1 - keep;
        (float r, float g, float b) = (GreyWeights[0] * grey, GreyWeights[1] * grey, GreyWeights[2] * grey);
        return new(new(
            r + keep, r, r, 0,
            g, g + keep, g, 0,
            b, b, b + keep, 0,
            0, 0, 0, 1));
    }

    /// <summary>Hues turned by a part of the circle, luma kept.</summary>
    public static ColourMap Hue(double turn)
    {
        (double sin, double cos) = Math.SinCos(2 * Math.PI * turn);
        var rotation = new Matrix4x4(
            1, 0, 0, 0,
            0, (float)cos, (float)sin, 0,
            0, -(float)sin, (float)cos, 0,
            0, 0, 0, 1);
        Matrix4x4.Invert(toChroma, out Matrix4x4 back);
        return new(toChroma * rotation * back);
    }

    /// <summary>A new channel of eight pixels.</summary>
    public Vector256<float> Of(int channel, Vector256<float> red, Vector256<float> green, Vector256<float> blue) =>
        red * Matrix[0, channel] + green * Matrix[1, channel] + blue * Matrix[2, channel] + Vector256.Create(Matrix[3, channel]);

    /// <summary>Mean grey of a view in canvases [C].</summary>
    public static double MeanGrey(float[][] pixels, ViewCanvas canvas)
    {
        double sum = 0;
        for (int channel = 0; channel < pixels.Length; channel++)
        {
            var total = Vector256<float>.Zero;
            ref float first = ref MemoryMarshal.GetArrayDataReference(pixels[channel]);
            for (int at = 0; at + 8 <= canvas.Count; at += 8) // black around the pixels
            {
                total += Vector256.LoadUnsafe(ref first, (nuint)at);
            }
            sum += Vector256.Sum(total) * (pixels.Length == 1 ? 1 : GreyWeights[channel]);
        }
        return sum / (canvas.Height * canvas.Width);
    }

    /// <summary>Changes the colours of a view in canvases [C]; results stay in [0,1].</summary>
    public void Apply(float[][] pixels, ViewCanvas canvas)
    {
        float[][] sources = pixels.Length == 1 ? [pixels[0], pixels[0], pixels[0]] : pixels;
        ref float red = ref MemoryMarshal.GetArrayDataReference(sources[0]), green = ref MemoryMarshal.GetArrayDataReference(sources[1]),
            blue = ref MemoryMarshal.GetArrayDataReference(sources[2]);
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x += 8)
            {
                nuint at = (nuint)(canvas.Origin + y * canvas.Stride + x);
                Vector256<float> r = Vector256.LoadUnsafe(ref red, at), g = Vector256.LoadUnsafe(ref green, at),
                    b = Vector256.LoadUnsafe(ref blue, at);
                Vector256<float> mask = canvas.Mask(x);
                for (int channel = 0; channel < pixels.Length; channel++)
                {
                    Vector256<float> value = Vector256.Clamp(Of(channel, r, g, b), Vector256<float>.Zero, Vector256<float>.One);
                    (value & mask).StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(pixels[channel]), at);
                }
            }
        }
    }
}
