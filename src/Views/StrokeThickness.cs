using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Views;

/// <summary>Thicker or thinner strokes by blending an image with its dilation or erosion over the four neighbours.</summary>
static class StrokeThickness
{
    /// <summary>
    /// Writes <paramref name="canvas"/> with other strokes to <paramref name="changed"/>, a canvas that is black around its pixels.
    /// </summary>
    /// <param name="canvas">Pixels in [0,1], black around them.</param>
    /// <param name="changed">Receives the pixels.</param>
    /// <param name="layout">Of both.</param>
    /// <param name="amount">In [-1..1]: 1 is the whole dilation, -1 the whole erosion.</param>
    public static void Change(ReadOnlySpan<float> canvas, Span<float> changed, ViewCanvas layout, float amount)
    {
        int stride = layout.Stride;
        ref float from = ref MemoryMarshal.GetReference(canvas), to = ref MemoryMarshal.GetReference(changed);
        var share = Vector256.Create(Math.Abs(amount));
        for (int y = 0; y < layout.Height; y++)
        {
            for (int x = 0; x < layout.Width; x += 8)
            {
                int at = layout.Origin + y * stride + x;
                Vector256<float> own = At(ref from, at), a = At(ref from, at - 1), b = At(ref from, at + 1), c = At(ref from, at - stride),
                    d = At(ref from, at + stride);
                Vector256<float> extreme = amount > 0
                    ? Vector256.Max(own, Vector256.Max(Vector256.Max(a, b), Vector256.Max(c, d)))
                    : Vector256.Min(own, Vector256.Min(Vector256.Min(a, b), Vector256.Min(c, d)));
                Vector256<float> blended = own + share * (extreme - own);
                (x + 8 <= layout.Width ? blended : blended & layout.Mask(x)).StoreUnsafe(ref to, (nuint)at);
            }
        }

        static Vector256<float> At(ref float canvas, int index) => Vector256.LoadUnsafe(ref canvas, (nuint)index);
    }
}
