namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Rows of bytes are first measured against rounded centres, many times faster; only near ties need the centres themselves.
/// </summary>
sealed partial class NearestCentres<TRows>
{
    /// <summary>Searches with rounded centres; false when they cannot tell the nearest. Bounds hold in either case.</summary>
    bool SearchRounded(int row)
    {
        Span<float> others = lower.AsSpan(row * padded, padded);
        ReadOnlySpan<byte> bytes = rows.Bytes(row, out int column);
        int label = Labels[row], nearest = -1;
        float exact = Error(row), error = exact + 2 * lengths[row] * rounded!.Error, own = upper[row], least = 0, next = 0;
        for (int block = 0; block < padded; block += BlockSize)
        {
            ulong candidates = Candidates(others, block, label, own, exact);
            if (candidates != 0 && nearest < 0)
            {
                // The own centre is measured along with the first candidate, then the candidates that the new distance leaves.
                int other = Take(ref candidates, block);
                (least, next) = SquaredDistances(row, bytes, column, label, other);
                own = UpperBound(least, error);
                (others[label], others[other]) = (LowerBound(least, error), LowerBound(next, error));
                (nearest, least, next) = next < least ? (other, next, least) : (label, least, next);
                candidates &= Candidates(others, block, label, own, exact);
            }
            while (candidates != 0)
            {
                int first = Take(ref candidates, block), second = candidates == 0 ? first : Take(ref candidates, block);
                (float a, float b) = SquaredDistances(row, bytes, column, first, second);
                (others[first], others[second]) = (LowerBound(a, error), LowerBound(b, error));
                Add(first, a, ref nearest, ref least, ref next);
                if (second != first)
                {
                    Add(second, b, ref nearest, ref least, ref next);
                }
            }
        }
        if (next - least <= 2 * (error + exact))
        {
            return false;
        }
        others[nearest] = float.PositiveInfinity;
        (Labels[row], upper[row]) = (nearest, UpperBound(least, error));
        return true;
    }

    (float First, float Second) SquaredDistances(int row, ReadOnlySpan<byte> bytes, int column, int first, int second)
    {
        (double p, double q) = rounded!.Dot(bytes, column, first, second);
        return (Square(row, first, (float)p), Square(row, second, (float)q));
    }

    // Keeps the nearest centre, its squared distance and the next larger one.
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
