using System.Numerics;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// The nearest centre of each row while centres move (Elkan, "Using the triangle inequality to accelerate k-means", 2003). For each row it
/// keeps an upper bound of the distance to its centre and a lower bound of the distance to each other one; centres move both by no more
/// than they moved themselves. A distance is computed only where the bounds, less the rounding of float32, cannot exclude a centre:
/// the labels are those that computing all of them would give.
/// </summary>
sealed partial class NearestCentres<TRows> where TRows : struct, IRows
{
    // Rows that are prefetched while one is searched.
    const int Ahead = 4;

    // Centres of a block: one bit of a 64-bit mask each.
    const int BlockSize = 64;

    static readonly int vectorSize = Vector256<float>.Count;

    readonly TRows rows;
    // Of the rows: squared lengths [N], lengths [N], upper bounds [N] and lower bounds [N,padded].
    readonly float[] norms, lengths, upper, lower;
    readonly int threads, count, padded;
    readonly float rounding, longest;
    float[] centres = [];
    CentreSet set = null!;
    RoundedCentres? rounded;

    /// <param name="rows">The rows.</param>
    /// <param name="norms">Their squared lengths, [N]; not read without bounds.</param>
    /// <param name="count">Number of centres (K).</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    /// <param name="mostBounds">Most bounds that are kept.</param>
    public NearestCentres(TRows rows, float[] norms, int count, int threads, long mostBounds = MostBounds)
    {
        (this.rows, this.norms, this.count, this.threads) = (rows, norms, count, threads);
        padded = Padded(count);
        Labels = new int[rows.Count];
        isDirect = (long)rows.Count * padded > mostBounds;
        if (isDirect)
        {
            (lengths, upper, lower) = ([], [], []);
            return;
        }
        lengths = Array.ConvertAll(norms, MathF.Sqrt);
        longest = lengths.AsEnumerable().DefaultIfEmpty().Max();
        upper = new float[rows.Count];
        lower = new float[(long)rows.Count * padded];
        // A sum of D products in float32 is off by at most D 2^-24 |x||c|, and so are the norms (Higham 2002, section 3.1); twice that for
        // 2xc.
        rounding = (rows.Width + 8) * 2 * MathF.Pow(2, -24);
        // Nothing is known yet: lower bounds of 0, and upper bounds beyond every distance.
        Array.Fill(upper, 1e18f);
        for (long row = 0; row < rows.Count; row++)
        {
            // The centres that only pad the last vector are never candidates.
            lower.AsSpan((int)(row * padded) + count, padded - count).Fill(float.PositiveInfinity);
        }
    }

    /// <summary>The bounds that a rank keeps: all of its own where those of all ranks would fit into memory, otherwise none.</summary>
    public static long MostBoundsOf(long allRows, int count) => allRows * Padded(count) > MostBounds ? 0 : long.MaxValue;

    static int Padded(int count) => (count + vectorSize - 1) / vectorSize * vectorSize;

    /// <summary>Nearest centre of each row, [N]; ties go to the lower index.</summary>
    public int[] Labels { get; }

    /// <summary>Moves the centres to <paramref name="next"/> [K,D] and relabels.</summary>
    public void Update(float[] next)
    {
        if (isDirect)
        {
            UpdateDirectly(centres = next);
            return;
        }
        set = new CentreSet(next, centres.Length == 0 ? next : centres, rows.Width, padded, longest);
        centres = next;
        rounded = rows.HasBytes ? new RoundedCentres(next, rows.Width) : null;
        Chunks.ForEach(rows.Count, threads, (_, start, end) =>
        {
            Span<int> undecided = stackalloc int[Chunks.Size];
            int found = 0;
            for (int row = start; row < end; row++)
            {
                if (Drift(row))
                {
                    undecided[found++] = row;
                }
            }
            float[] values = [];
            for (int i = 0; i < found; i++)
            {
                // Scattered rows would each wait for the memory.
                rows.Prefetch(undecided[Math.Min(i + Ahead, found - 1)]);
                int row = undecided[i];
                if (rounded == null || !SearchRounded(row))
                {
                    values = values.Length == 0 ? new float[rows.Width] : values;
                    Search(row, values);
                }
            }
        });
    }

    /// <summary>Squared distance of each row to its centre, [N], from differences: no digits are lost.</summary>
    public float[] Distances()
    {
        var distances = new float[rows.Count];
        int width = rows.Width;
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            Span<float> values = new float[width];
            for (int row = first; row < end; row++)
            {
                rows.Read(row, 0, values);
                distances[row] = (float)VectorKernels.SquaredDistance(values, centres.AsSpan(Labels[row] * width, width));
            }
        });
        return distances;
    }

    /// <summary>Sum of the squared distances.</summary>
    public double Inertia() => Distances().Sum(distance => (double)distance);

    // Moves the bounds of a row; whether they leave a candidate.
    bool Drift(int row)
    {
        Span<float> others = lower.AsSpan(row * padded, padded);
        int label = Labels[row];
        float own = upper[row] += set.Drift[label], limit = Limit(own, Error(row));
        uint candidates = 0;
        for (int first = 0; first < padded; first += vectorSize)
        {
            (Vector256.LoadUnsafe(ref others[first]) - Vector256.LoadUnsafe(ref set.Drift[first])).StoreUnsafe(ref others[first]);
            candidates |= CandidateMask(others, first, label, own, limit);
        }
        return candidates != 0;
    }

    // Measures the own distance anew, then those of the remaining candidates, two at a time.
    void Search(int row, Span<float> values)
    {
        Span<float> others = lower.AsSpan(row * padded, padded);
        int label = Labels[row], nearest = label;
        float error = Error(row);
        rows.Read(row, 0, values);
        float own = Square(row, label, VectorKernels.Dot(values, Centre(label))), least = own;
        for (int block = 0; block < padded; block += BlockSize)
        {
            for (ulong candidates = Candidates(others, block, label, UpperBound(own, error), error); candidates != 0;)
            {
                int first = Take(ref candidates, block), second = candidates == 0 ? first : Take(ref candidates, block);
                (float a, float b) = VectorKernels.Dot(values, Centre(first), Centre(second));
                (a, b) = (Square(row, first, a), Square(row, second, b));
                (others[first], others[second]) = (LowerBound(a, error), LowerBound(b, error));
                (nearest, least) = Nearer(nearest, least, first, a);
                (nearest, least) = Nearer(nearest, least, second, b);
            }
        }
        others[label] = LowerBound(own, error);
        // The own centre is no other one.
        others[nearest] = float.PositiveInfinity;
        (Labels[row], upper[row]) = (nearest, UpperBound(least, error));
    }

    // Other centres of a block that may be nearer, one bit each.
    ulong Candidates(Span<float> others, int block, int label, float own, float error)
    {
        float limit = Limit(own, error);
        ulong candidates = 0;
        for (int first = block, end = Math.Min(padded, block + BlockSize); first < end; first += vectorSize)
        {
            candidates |= (ulong)CandidateMask(others, first, label, own, limit) << (first - block);
        }
        return label / BlockSize == block / BlockSize ? candidates & ~(1UL << label) : candidates;
    }

    // Removes the lowest candidate from the mask; gives its index.
    static int Take(ref ulong candidates, int block)
    {
        int centre = block + BitOperations.TrailingZeroCount(candidates);
        candidates &= candidates - 1;
        return centre;
    }

    static (int, float) Nearer(int nearest, float least, int centre, float square) =>
        square < least || (square == least && centre < nearest) ? (centre, square) : (nearest, least);

    // Centres that may be nearer than the own one at distance own. Another is at least as far as from the own centre, less the way there.
    uint CandidateMask(Span<float> others, int first, int label, float own, float limit)
    {
        Vector256<float> apart = Vector256.LoadUnsafe(ref set.Separation[label * padded + first]) - Vector256.Create(own);
        Vector256<float> bound = Vector256.Max(Vector256.LoadUnsafe(ref others[first]), apart);
        return Vector256.LessThanOrEqual(bound, Vector256.Create(limit)).ExtractMostSignificantBits();
    }

    // A distance above it is certain to be larger than the own one, and to be computed as larger.
    static float Limit(float own, float error) => MathF.Sqrt(own * own + 2 * error);

    // Bound of the rounding error of a squared distance of the row.
    float Error(int row)
    {
        float reach = lengths[row] + set.LargestLength;
        return rounding * reach * reach;
    }

    ReadOnlySpan<float> Centre(int centre) => centres.AsSpan(centre * rows.Width, rows.Width);

    float Square(int row, int centre, float product) => norms[row] + set.Norms[centre] - 2 * product;

    // Bounds of a distance from its computed square, which is off by at most the error.
    static float UpperBound(float square, float error) => MathF.Sqrt(Math.Max(0, square) + error);

    static float LowerBound(float square, float error) => MathF.Sqrt(Math.Max(0, square - error));
}
