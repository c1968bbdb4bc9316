namespace Toolchain.Data.Strokes;

/// <summary>
/// A square field on which lines are drawn as distances: each pixel keeps its squared distance to the nearest line, and ink follows
/// from that once all lines are there. One canvas serves many images, one at a time.
/// </summary>
/// <param name="side">Its side, pixels.</param>
sealed class StrokeCanvas(int side)
{
    // How fast ink fades across the edge, per pixel: MNIST's scaled-down scans are a little softer than a box one pixel wide.
    const float EdgeSlope = 0.8f;

    // Pixels beyond the pen that still get some ink.
    const float Fringe = 0.5f / EdgeSlope;

    readonly float[] squaredDistance = new float[side * side];
    readonly byte[] ink = new byte[side * side];

    public void Clear() => squaredDistance.AsSpan().Fill(float.MaxValue);

    /// <summary>Draws a line between two points in pixels, where pixel (x, y) has its middle at (x + 0.5, y + 0.5).</summary>
    public void Line(float x0, float y0, float x1, float y1, float penRadius)
    {
        float reach = penRadius + Fringe;
        int left = Math.Max(0, (int)MathF.Floor(MathF.Min(x0, x1) - reach)),
            right = Math.Min(side, (int)MathF.Ceiling(MathF.Max(x0, x1) + reach));
        int top = Math.Max(0, (int)MathF.Floor(MathF.Min(y0, y1) - reach)),
            bottom = Math.Min(side, (int)MathF.Ceiling(MathF.Max(y0, y1) + reach));
        float dx = x1 - x0, dy = y1 - y0, squaredLength = dx * dx + dy * dy;
        float inverse = squaredLength > 0 ? 1 / squaredLength : 0;
        for (int y = top; y < bottom; y++)
        {
            float py = y + 0.5f - y0;
            Span<float> row = squaredDistance.AsSpan(y * side, side);
            for (int x = left; x < right; x++)
            {
                float px = x + 0.5f - x0;
                float along = Math.Clamp((px * dx + py * dy) * inverse, 0, 1);
                float ex = px - along * dx, ey = py - along * dy;
                row[x] = MathF.Min(row[x], ex * ex + ey * ey);
            }
        }
    }

    /// <summary>
    /// Inks what was drawn and writes it with its centre of mass at the centre of the field, moved by whole pixels as MNIST was.
    /// </summary>
    public void Finish(float penRadius, Span<byte> destination)
    {
        int mass = 0, massX = 0, massY = 0, left = side, right = -1, top = side, bottom = -1;
        float reach = penRadius + Fringe;
        for (int i = 0; i < ink.Length; i++)
        {
            float level = squaredDistance[i] >= reach * reach ? 0
                : Math.Clamp((penRadius - MathF.Sqrt(squaredDistance[i])) * EdgeSlope + 0.5f, 0, 1);
            byte value = (byte)MathF.Round(level * 255);
            ink[i] = value;
            if (value == 0)
            {
                continue;
            }
            int x = i % side, y = i / side;
            (mass, massX, massY) = (mass + value, massX + value * (2 * x + 1), massY + value * (2 * y + 1));
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }
        int shiftX = Math.Clamp((int)Math.Round((side - (double)massX / mass) / 2), -left, side - 1 - right);
        int shiftY = Math.Clamp((int)Math.Round((side - (double)massY / mass) / 2), -top, side - 1 - bottom);
        destination.Clear();
        int width = right - left + 1;
        for (int y = top; y <= bottom; y++)
        {
            ink.AsSpan(y * side + left, width).CopyTo(destination[((y + shiftY) * side + left + shiftX)..]);
        }
    }
}
