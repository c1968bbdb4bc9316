namespace Toolchain.Clustering;

/// <summary>Rows of bytes are first measured against rounded centres, many times faster; only near ties need the centres themselves.</summary>
sealed partial class NearestCentres<TRows>
{
    /// <summary>Searches with rounded centres; false when they cannot tell the nearest. Bounds hold in either case.</summary>
    bool SearchRounded(int row, Span<int> candidates)
    {
        Span<float> others = lower.AsSpan(row * padded, padded);
        ReadOnlySpan<byte> bytes = rows.Bytes(row, out int column);
        int label = Labels[row], nearest = label;
        float exact = Error(row), error = exact + 2 * lengths[row] * rounded!.Error, own = upper[row], least = 0, next = float.PositiveInfinity;
        int count = Candidates(others, label, own, exact, candidates);
        // The own centre is measured along with the first candidate.
        for (int i = 0; i < count; i += i == 0 ? 1 : 2)
        {
            int first = i == 0 ? label : candidates[i], second = i == 0 ? candidates[0] : candidates[Math.Min(i + 1, count - 1)];
            (double p, double q) = rounded.Dot(bytes, column, first, second);
            (float a, float b) = (Square(row, first, (float)p), Square(row, second, (float)q));
            (others[first], others[second]) = (Below(a, error), Below(b, error));
            if (i == 0)
            {
                (least, own) = (a, Above(a, error));
                Add(second, b, ref nearest, ref least, ref next);
                // What the new distance leaves in doubt.
                count = 1 + Candidates(others, label, own, exact, candidates[1..], except: second);
                continue;
            }
            Add(first, a, ref nearest, ref least, ref next);
            if (second != first)
            {
                Add(second, b, ref nearest, ref least, ref next);
            }
        }
        if (count == 0 || next - least <= 2 * (error + exact))
        {
            return false;
        }
        others[nearest] = float.PositiveInfinity;
        (Labels[row], upper[row]) = (nearest, Above(least, error));
        return true;
    }

    static void Add(int centre, float square, ref int nearest, ref float least, ref float next)
    {
        if (square < least)
        {
            (nearest, least, next) = (centre, square, least);
        }
        else
        {
            next = Math.Min(next, square);
        }
    }
}
