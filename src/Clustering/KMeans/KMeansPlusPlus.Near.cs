using System.Numerics;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Which rows are measured from which points. Of floats a screen tells those that may be nearer than their nearest centre. Of bytes, which
/// are multiplied faster than floats, a point that is twice as far from a row's nearest centre as the row cannot be nearer.
/// </summary>
sealed partial class KMeansPlusPlus<TRows>
{
    // Columns of eight rows that fit on the stack.
    const int MostStacked = 256;

    // Bound of the rounding of a squared distance, as in NearestCentres.
    readonly double rounding = (shared.Rows.Width + 8) * Math.ScaleB(1, -23) * 4 * shared.Longest * shared.Longest;

    // Points that rows are measured from, [C,D], and their squared lengths; of bytes also as whole numbers, with their gaps.
    sealed record Points(float[] Numbers, float[] Norms, short[] Words, double[] Gaps, NearerScreen? Screen);

    Points PointsOf(float[] numbers, float[] centres)
    {
        float[] norms = [.. numbers.Chunk(width).Select(point => shared.Norm(point))];
        return rows.HasBytes ? new(numbers, norms, Array.ConvertAll(numbers, value => (short)value), Gaps(numbers, centres), null)
            : new(numbers, norms, [], [], new NearerScreen(numbers, norms, width));
    }

    // Lists the rows [first..end) that are nearer to points than to their nearest centre.
    void FindNearer(Points points, int first, int end, List<Nearer> found)
    {
        int count = points.Norms.Length;
        Span<uint> near = stackalloc uint[Chunks.Size];
        Span<int> some = stackalloc int[count];
        Span<double> products = stackalloc double[count];
        float[] values = [];
        if (points.Screen is null)
        {
            ByGaps(points.Gaps, first, near[..(end - first)]);
        }
        else
        {
            ByScreen(points.Screen, first, near[..(end - first)]);
        }
        for (int row = first; row < end; row++)
        {
            int length = 0;
            for (uint left = near[row - first] & (uint)((1L << count) - 1); left != 0; left &= left - 1)
            {
                some[length++] = BitOperations.TrailingZeroCount(left);
            }
            if (length > 0)
            {
                values = values.Length == 0 && points.Screen is not null ? new float[width] : values;
                Multiply(row, values, points, some[..length], products);
            }
            foreach (int point in some[..length])
            {
                double square = grid.Round(Math.Max(0, (double)shared.Norms[row] + points.Norms[point] - 2.0 * products[point]));
                if (square < nearest[row])
                {
                    found.Add(new(row, point, square));
                }
            }
        }
    }

    void ByScreen(NearerScreen screen, int first, Span<uint> near)
    {
        const int lanes = NearerScreen.Lanes;
        // Rounded upwards, and past the rounding of the grid.
        double past = grid.Shifter * Math.ScaleB(1, -52);
        Span<float> columns = width > MostStacked ? new float[width * lanes] : stackalloc float[width * lanes],
            norms = stackalloc float[lanes], squares = stackalloc float[lanes];
        float[] copy = [];
        Span<uint> found = stackalloc uint[lanes];
        for (int at = 0; at < near.Length; at += lanes)
        {
            int count = Math.Min(lanes, near.Length - at);
            ReadOnlySpan<float> block = count == lanes ? rows.Block(first + at, lanes) : default;
            for (int lane = 0; lane < count; lane++)
            {
                norms[lane] = shared.Norms[first + at + lane];
                squares[lane] = MathF.BitIncrement((float)(nearest[first + at + lane] + past));
                if (block.IsEmpty)
                {
                    copy = copy.Length == 0 ? new float[width * lanes] : copy;
                    rows.Read(first + at + lane, 0, copy.AsSpan(lane * width, width));
                }
            }
            BlockTranspose.OfEight(block.IsEmpty ? copy : block, width, columns);
            screen.Find(columns, Vector256.Create<float>(norms), Vector256.Create<float>(squares), found);
            found[..count].CopyTo(near[at..]);
        }
    }

    void ByGaps(double[] gaps, int first, Span<uint> near)
    {
        int count = gaps.Length / Math.Max(1, folded);
        for (int at = 0; at < near.Length; at++)
        {
            near[at] = 0;
            ReadOnlySpan<double> own = gaps.AsSpan(owners[first + at] * count, count);
            for (int c = 0; c < own.Length; c++)
            {
                near[at] |= nearest[first + at] < own[c] ? 0 : 1u << c;
            }
        }
    }

    // A row whose nearest centre is the one of the index is no nearer to a point whose quarter of a squared distance from that centre,
    // [centres, C], is at least the row's: neither as it is nor as it is computed.
    double[] Gaps(float[] points, float[] centres)
    {
        int count = points.Length / width;
        var gaps = new double[Math.Max(1, folded) * count];
        for (int i = 0; i < folded * count; i++)
        {
            double square = VectorKernels.SquaredDistance(points.AsSpan(i % count * width, width),
                centres.AsSpan(i / count * width, width));
            gaps[i] = .249999 * square - 2 * rounding;
        }
        return gaps;
    }

    // The products of a row with some of the points.
    void Multiply(int row, Span<float> values, Points points, ReadOnlySpan<int> some, Span<double> products)
    {
        if (rows.HasBytes)
        {
            Products(rows.Bytes(row, out int column), points.Words.AsSpan(column), some, products);
            return;
        }
        rows.Read(row, 0, values);
        for (int i = 0; i < some.Length; i += 2)
        {
            (int a, int b) = (some[i], some[Math.Min(i + 1, some.Length - 1)]);
            (products[a], products[b]) = VectorKernels.Dot(values, points.Numbers.AsSpan(a * width, width),
                points.Numbers.AsSpan(b * width, width));
        }
    }

    void Products(ReadOnlySpan<byte> row, ReadOnlySpan<short> points, ReadOnlySpan<int> some, Span<double> products)
    {
        int i = 0;
        for (; i + 4 <= some.Length && some[i + 3] == some[i] + 3; i += 4)
        {
            ByteProducts.Dot(row, points[(some[i] * width)..], width).CopyTo(products[some[i]..(some[i] + 4)]);
        }
        for (; i < some.Length; i += 2)
        {
            (int a, int b) = (some[i], some[Math.Min(i + 1, some.Length - 1)]);
            (products[a], products[b]) = ByteProducts.Dot(row, points.Slice(a * width, row.Length), points.Slice(b * width, row.Length));
        }
    }
}
