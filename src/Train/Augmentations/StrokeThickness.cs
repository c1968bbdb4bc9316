using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>Thicker or thinner strokes by blending an image with its dilation or erosion over the four neighbours.</summary>
static class StrokeThickness
{
    const int side = DigitSet.Side;

    /// <summary>Changes <paramref name="view"/> [28,28] in place.</summary>
    /// <param name="view">Pixels in [0,1].</param>
    /// <param name="amount">In [-1..1]: 1 is the whole dilation, -1 the whole erosion.</param>
    public static void Change(Span<float> view, float amount)
    {
        Span<float> source = stackalloc float[(side + 2) * (side + 2)];
        source.Clear();
        for (int y = 0; y < side; y++)
        {
            view.Slice(y * side, side).CopyTo(source[((y + 1) * (side + 2) + 1)..]);
        }
        for (int y = 0, at = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, at++)
            {
                int centre = (y + 1) * (side + 2) + x + 1;
                float own = source[centre], a = source[centre - 1], b = source[centre + 1], c = source[centre - side - 2], d = source[centre + side + 2];
                float extreme = amount > 0
                    ? Math.Max(own, Math.Max(Math.Max(a, b), Math.Max(c, d)))
                    : Math.Min(own, Math.Min(Math.Min(a, b), Math.Min(c, d)));
                view[at] = own + Math.Abs(amount) * (extreme - own);
            }
        }
    }
}
