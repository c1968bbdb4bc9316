using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Views;

/// <summary>Thicker or thinner strokes by blending an image with its dilation or erosion over the four neighbours; outlines.</summary>
static class StrokeThickness
{
    /// <summary>Changes the strokes of a view, and returns the canvases that hold it then.</summary>
    /// <param name="buffers">Their pixels are the view.</param>
    /// <param name="amount">At least -1; n + r is n whole dilations, then r of one.</param>
    public static float[][] Change(ViewBuffers buffers, float amount)
    {
        float[][] canvas = buffers.Pixels;
        do
        {
            (float[][] before, canvas) = (canvas, buffers.Other(canvas));
            for (int channel = 0; channel < canvas.Length; channel++)
            {
                Change(before[channel], canvas[channel], buffers.Canvas, Math.Min(amount, 1));
            }
            amount--;
        } while (amount > 0);
        return canvas;
    }

    /// <summary>
    /// The dilation of a view less the view: what an outlined letter has of its strokes. Returns the canvases that hold it.
    /// </summary>
    /// <param name="buffers">Those of the view.</param>
    /// <param name="canvas">The view, one of their two canvases for each channel.</param>
    public static float[][] Outline(ViewBuffers buffers, float[][] canvas)
    {
        float[][] outlined = buffers.Other(canvas);
        for (int channel = 0; channel < canvas.Length; channel++)
        {
            Change(canvas[channel], outlined[channel], buffers.Canvas, 1, isOutline: true);
        }
        return outlined;
    }

    /// <summary>
    /// Writes <paramref name="canvas"/> with other strokes to <paramref name="changed"/>, a canvas that is black around its pixels.
    /// </summary>
    /// <param name="canvas">Pixels in [0,1], black around them.</param>
    /// <param name="changed">Receives the pixels.</param>
    /// <param name="layout">Of both.</param>
    /// <param name="amount">In [-1..1]: 1 is the whole dilation, -1 the whole erosion.</param>
    /// <param name="isOutline">Whether to write what is added alone.</param>
    public static void Change(ReadOnlySpan<float> canvas, Span<float> changed, ViewCanvas layout, float amount, bool isOutline = false)
    {
        int stride = layout.Stride;
        ref float from = ref MemoryMarshal.GetReference(canvas), to = ref MemoryMarshal.GetReference(changed);
        Vector256<float> share = Vector256.Create(Math.Abs(amount)), kept = Vector256.Create(isOutline ? 0f : 1);
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
                Vector256<float> blended = own * kept + share * (extreme - own);
                (x + 8 <= layout.Width ? blended : blended & layout.Mask(x)).StoreUnsafe(ref to, (nuint)at);
            }
        }

        static Vector256<float> At(ref float canvas, int index) => Vector256.LoadUnsafe(ref canvas, (nuint)index);
    }
}
