namespace Toolchain.Views;

/// <summary>Blurs a view by a Gaussian, along rows and then along columns.</summary>
static class GaussianBlur
{
    /// <summary>Blurs a view and leaves the result in the same canvases.</summary>
    /// <param name="buffers">Those of the view.</param>
    /// <param name="canvas">The view, one of their two canvases for each channel.</param>
    /// <param name="deviation">Standard deviation of the Gaussian, pixels.</param>
    /// <param name="reach">Pixels to either side that count; beyond, the Gaussian is left out.</param>
    public static void Apply(ViewBuffers buffers, float[][] canvas, double deviation, int reach)
    {
        ViewCanvas layout = buffers.Canvas;
        Span<float> weights = stackalloc float[reach + 1];
        Fill(weights, deviation);
        float[][] spare = buffers.Other(canvas);
        for (int channel = 0; channel < canvas.Length; channel++)
        {
            for (int y = 0; y < layout.Height; y++)
            {
                Convolve(canvas[channel], spare[channel], new(layout.Origin + y * layout.Stride, 1, layout.Width), weights);
            }
            for (int x = 0; x < layout.Width; x++)
            {
                Convolve(spare[channel], canvas[channel], new(layout.Origin + x, layout.Stride, layout.Height), weights);
            }
        }
    }

    // That of the pixel itself and of those 1, 2, .. pixels away; together 1.
    static void Fill(Span<float> weights, double deviation)
    {
        float all = 1;
        for (int away = 1; away < weights.Length; away++)
        {
            weights[away] = (float)Math.Exp(-.5 * away * away / (deviation * deviation));
            all += 2 * weights[away];
        }
        weights[0] = 1;
        for (int away = 1; away < weights.Length; away++)
        {
            weights[away] /= all;
            weights[0] -= 2 * weights[away];
        }
    }

    // Beyond an end its last pixel counts again.
    static void Convolve(ReadOnlySpan<float> from, Span<float> to, PixelLine line, ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < line.Count; i++)
        {
            float sum = weights[0] * from[line.At(i)];
            for (int away = 1; away < weights.Length; away++)
            {
                sum += weights[away] * (from[line.At(Math.Max(0, i - away))] + from[line.At(Math.Min(line.Count - 1, i + away))]);
            }
            to[line.At(i)] = sum;
        }
    }
}
