using System.Numerics;

namespace Toolchain.Data.Images;

/// <summary>A part of a picture, [Left..Right) x [Top..Bottom).</summary>
readonly record struct Rectangle(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    /// <summary>The smallest part of a plane that has every number above 0; null where there is none.</summary>
    /// <param name="plane">Numbers, row-major; what comes after the last row is ignored.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static Rectangle? Around<T>(ReadOnlySpan<T> plane, int width, int height) where T : INumber<T>
    {
        int left = width, top = height, right = 0, bottom = 0;
        for (int i = 0; i < width * height; i++)
        {
            if (plane[i] > T.Zero)
            {
                (int y, int x) = Math.DivRem(i, width);
                (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
            }
        }
        return right > left ? new(left, top, right, bottom) : null;
    }
}
