using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolchain.Train.Models.Capsules.Kernels;

/// <summary>
/// Reads templates at the inverse of poses, eight pixels of a canvas row at a time and only where the template lies, and remembers what the
/// way back needs. With pose x = A u + t, a pixel x of the canvas reads at u = M (x - t), M the inverse of A; for a gradient g at u that is
/// -M^T g for t and -(M^T g) u^T for A.
/// </summary>
sealed class TemplateReader
{
    const int Lanes = 8;

    readonly TemplateTable table;
    readonly int side, stride;
    readonly Places[] parts;
    readonly Inverse[] inverses;
    readonly Slope[] slopes;
    int count;
    Vector256<float> sumU, sumV, sumUU, sumUV, sumVU, sumVV; // gradients of the part so far: g, and g u^T

    public TemplateReader(TemplateTable table, int side, int stride, int partCount)
    {
        (this.table, this.side, this.stride) = (table, side, stride);
        int most = partCount * side * stride / Lanes;
        (Pixel, Ink, Opacity, Density, Weight) = (new int[most], new Vector256<float>[most], new Vector256<float>[most],
            new Vector256<float>[most], new Vector256<float>[most]);
        slopes = new Slope[most];
        (parts, inverses) = (new Places[partCount], new Inverse[partCount]);
    }

    /// <summary>Index of the first of eight pixels, row by row with the stride of the canvas.</summary>
    public int[] Pixel { get; }

    /// <summary>Ink there.</summary>
    public Vector256<float>[] Ink { get; }

    /// <summary>Opacity's logit there.</summary>
    public Vector256<float>[] Opacity { get; }

    /// <summary>For the caller: density of the pixels under this part.</summary>
    public Vector256<float>[] Density { get; }

    /// <summary>For the caller: exponential of the opacity.</summary>
    public Vector256<float>[] Weight { get; }

    /// <summary>Forgets all parts.</summary>
    public void Clear() => count = 0;

    /// <summary>Where the places of a part are.</summary>
    public Places Of(int part) => parts[part];

    /// <summary>Reads the part with that pose (six numbers, template to canvas).</summary>
    public void Read(int part, ReadOnlySpan<float> pose)
    {
        (float a, float b, float tx, float c, float d, float ty) = (pose[0], pose[1], pose[2], pose[3], pose[4], pose[5]);
        float over = 1 / (a * d - b * c), half = (table.Side - 1) / 2f, step = 2f / (side - 1);
        var inverse = new Inverse(d * over, -b * over, -c * over, a * over);
        inverses[part] = inverse;
        int first = count;
        // The template with its border of zeros reaches from -reach to reach.
        float reach = (table.Side + 1f) / (table.Side - 1), height = reach * (MathF.Abs(c) + MathF.Abs(d));
        int top = Math.Max(0, (int)MathF.Ceiling((ty - height + 1) / step)),
            bottom = Math.Min(side - 1, (int)MathF.Floor((ty + height + 1) / step));
        float stepU = half * inverse.UX * step, stepV = half * inverse.VX * step; // in template pixels per canvas pixel
        for (int y = top; y <= bottom; y++)
        {
            float dy = y * step - 1 - ty, dx = -1 - tx;
            // at x = 0, border included
            float u = half * (inverse.UX * dx + inverse.UY * dy) + half + 1, v = half * (inverse.VX * dx + inverse.VY * dy) + half + 1;
            float left = 0, right = side - 1;
            Narrow(u, stepU, ref left, ref right);
            Narrow(v, stepV, ref left, ref right);
            if (left > right)
            {
                continue;
            }
            int begin = (int)left, vectors = ((int)right - begin) / Lanes + 1;
            begin = Math.Min(begin, stride - vectors * Lanes);
            for (int x = begin; x < begin + vectors * Lanes; x += Lanes)
            {
                Vector256<float> column = Columns + Vector256.Create((float)x);
                ReadEight(part, y * stride + x, Vector256.Create(u) + column * stepU, Vector256.Create(v) + column * stepV);
            }
        }
        parts[part] = new Places(first, count);
    }

    /// <summary>Takes the gradients for ink and opacity at place <paramref name="i"/>.</summary>
    public void Backward(int i, Vector256<float> toInk, Vector256<float> toOpacity)
    {
        ref Slope slope = ref slopes[i];
        Vector256<float> toU = toInk * slope.InkU + toOpacity * slope.OpacityU, toV = toInk * slope.InkV + toOpacity * slope.OpacityV;
        sumU += toU;
        sumV += toV;
        sumUU += toU * slope.U;
        sumUV += toU * slope.V;
        sumVU += toV * slope.U;
        sumVV += toV * slope.V;
        Scatter(slope, toInk, toOpacity);
    }

    /// <summary>Writes the gradient for the pose of the part whose places were all taken, and makes ready for the next.</summary>
    public void FinishPart(int part, Span<float> toPose)
    {
        // u was in pixels of the template with its border: back to [-1,1], where half = (T - 1) / 2 pixels are 1.
        Inverse m = inverses[part];
        float half = (table.Side - 1) / 2f, centre = half + 1;
        float u = Vector256.Sum(sumU), v = Vector256.Sum(sumV);
        float uu = Vector256.Sum(sumUU) - centre * u, uv = Vector256.Sum(sumUV) - centre * u, vu = Vector256.Sum(sumVU) - centre * v,
            vv = Vector256.Sum(sumVV) - centre * v;
        toPose[0] = -(m.UX * uu + m.VX * vu);
        toPose[1] = -(m.UX * uv + m.VX * vv);
        toPose[2] = -(m.UX * u + m.VX * v) * half;
        toPose[3] = -(m.UY * uu + m.VY * vu);
        toPose[4] = -(m.UY * uv + m.VY * vv);
        toPose[5] = -(m.UY * u + m.VY * v) * half;
        (sumU, sumV, sumUU, sumUV, sumVU, sumVV) = (default, default, default, default, default, default);
    }

    // Columns at which a coordinate that grows by step lies within the template and its border.
    void Narrow(float start, float step, ref float left, ref float right)
    {
        float end = table.Side + 1;
        if (MathF.Abs(step) < 1e-6f)
        {
            right = start > 0 && start < end ? right : -1;
            return;
        }
        float one = -start / step, other = (end - start) / step;
        left = MathF.Max(left, MathF.Ceiling(MathF.Min(one, other)));
        right = MathF.Min(right, MathF.Floor(MathF.Max(one, other)));
    }

    void ReadEight(int part, int pixel, Vector256<float> u, Vector256<float> v)
    {
        // Moved into the border, everything outside reads 0; its slope must be 0 as well.
        var end = Vector256.Create(table.Side + 1f);
        Vector256<float> inside = Vector256.GreaterThan(u, Vector256<float>.Zero) & Vector256.LessThan(u, end) & Vector256.GreaterThan(v,
            Vector256<float>.Zero) & Vector256.LessThan(v, end);
        u = Vector256.Min(Vector256.Max(u, Vector256<float>.Zero), end);
        v = Vector256.Min(Vector256.Max(v, Vector256<float>.Zero), end);
        var last = Vector256.Create(table.Side);
        Vector256<int> left = Vector256.Min(Vector256.ConvertToInt32(u), last), top = Vector256.Min(Vector256.ConvertToInt32(v), last);
        Vector256<float> right = u - Vector256.ConvertToSingle(left), below = v - Vector256.ConvertToSingle(top);
        Vector256<int> index = Vector256.Create(part * table.PartLength) + (top * table.Width + left) * 2;
        int i = count++;
        (Pixel[i], slopes[i].Index, slopes[i].Right, slopes[i].Below, slopes[i].U, slopes[i].V) = (pixel, index, right, below, u, v);
        (Ink[i], slopes[i].InkU, slopes[i].InkV) = Bilinear(index, right, below, inside);
        (Opacity[i], slopes[i].OpacityU, slopes[i].OpacityV) = Bilinear(index + Vector256<int>.One, right, below, inside);
    }

    readonly record struct Interpolated(Vector256<float> Value, Vector256<float> SlopeU, Vector256<float> SlopeV);

    Interpolated Bilinear(Vector256<int> index, Vector256<float> right, Vector256<float> below, Vector256<float> inside)
    {
        int row = 2 * table.Width;
        Vector256<float> upperLeft = Gather(index, 0), lowerLeft = Gather(index, row);
        Vector256<float> upperSlope = Gather(index, 2) - upperLeft, lowerSlope = Gather(index, row + 2) - lowerLeft;
        Vector256<float> upper = upperLeft + right * upperSlope, lower = lowerLeft + right * lowerSlope;
        return new(upper + below * (lower - upper), (upperSlope + below * (lowerSlope - upperSlope)) & inside, (lower - upper) & inside);
    }

    unsafe Vector256<float> Gather(Vector256<int> index, int offset)
    {
        fixed (float* values = table.Values)
        {
            if (Avx2.IsSupported)
            {
                return Avx2.GatherVector256(values + offset, index, sizeof(float));
            }
            float* result = stackalloc float[Lanes];
            for (int lane = 0; lane < Lanes; lane++)
            {
                result[lane] = values[index[lane] + offset];
            }
            return Vector256.Load(result);
        }
    }

    // The way back of bilinear reading: each lane adds to the four pixels it read, by its shares of them.
    unsafe void Scatter(in Slope slope, Vector256<float> toInk, Vector256<float> toOpacity)
    {
        Vector256<float> both = slope.Right * slope.Below, lowerLeft = slope.Below - both, upperRight = slope.Right - both,
            upperLeft = Vector256<float>.One - slope.Right - lowerLeft;
        float* share = stackalloc float[6 * Lanes];
        int* index = stackalloc int[Lanes];
        upperLeft.Store(share);
        upperRight.Store(share + Lanes);
        lowerLeft.Store(share + 2 * Lanes);
        both.Store(share + 3 * Lanes);
        toInk.Store(share + 4 * Lanes);
        toOpacity.Store(share + 5 * Lanes);
        slope.Index.Store(index);
        fixed (float* gradients = table.Gradients)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                float ink = share[4 * Lanes + lane], opacity = share[5 * Lanes + lane];
                var pair = Vector128.Create(ink, opacity, ink, opacity);
                float* upper = gradients + index[lane], lower = upper + 2 * table.Width;
                (Vector128.Load(upper) + pair * Vector128.Create(share[lane], share[lane], share[Lanes + lane], share[Lanes + lane]))
                    .Store(upper);
                (Vector128.Load(lower) + pair * Vector128.Create(share[2 * Lanes + lane], share[2 * Lanes + lane], share[3 * Lanes + lane],
                    share[3 * Lanes + lane])).Store(lower);
            }
        }
    }

    static Vector256<float> Columns => Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>A range of places.</summary>
    public readonly record struct Places(int First, int End);

    /// <summary>M of u = M (x - t).</summary>
    readonly record struct Inverse(float UX, float UY, float VX, float VY);

    /// <summary>How eight readings depend on where they are read.</summary>
    struct Slope
    {
        public Vector256<int> Index;
        public Vector256<float> Right, Below, U, V, InkU, InkV, OpacityU, OpacityV;
    }
}
