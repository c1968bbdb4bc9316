using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// k-means++ with several candidates per draw, of which the one that lowers the potential most is kept (Arthur and Vassilvitskii, 2007,
/// section 5, "greedy"; 2 + ln K candidates). One pass over the rows serves all candidates of a draw. Distances are rounded so that no sum
/// of them is: a draw finds the same row whatever ranges the rows are in. Only rows that a candidate may be nearest to are measured.
/// </summary>
sealed partial class KMeansPlusPlus<TRows>(SharedRows<TRows> shared) where TRows : struct, IRows
{
    readonly TRows rows = shared.Rows;
    readonly int width = shared.Rows.Width;
    // The squared distance of two rows is at most (2 longest)^2, and a little more as rounded.
    readonly ExactGrid grid = new(4.1 * shared.Longest * shared.Longest, shared.Ranks.RowCount);
    // Of this rank's rows: the squared distance to the nearest of the first centres, as many as are folded in, and which that is.
    readonly double[] nearest = Infinite(shared.Rows.Count);
    readonly int[] owners = new int[shared.Rows.Count];
    int folded;
    // Of each chunk, the rows that are nearer to a candidate of the last draw.
    readonly List<Nearer>[] nearer = [.. Enumerable.Range(0, Chunks.Count(shared.Rows.Count)).Select(_ => new List<Nearer>())];

    // A row is drawn: its part, and the running sums before the part and at the row.
    readonly record struct Draw(int Part, double Before, double Target);

    // A row is nearer to a point than to its nearest centre.
    readonly record struct Nearer(int Row, int Point, double Square);

    /// <summary>Centres [K,D], rows each.</summary>
    /// <param name="count">K.</param>
    /// <param name="random">Draws the candidates.</param>
    public float[] Initialize(int count, Random random)
    {
        IRanks ranks = shared.Ranks;
        var centres = new float[count * width];
        int drawCount = 2 + (int)Math.Log(count);
        long first = ranks.RowCount <= int.MaxValue ? random.Next((int)ranks.RowCount) : random.NextInt64(ranks.RowCount);
        float[] candidates = Fetch([first / IRanks.PartRows], _ => (int)(first - ranks.FirstRow));
        for (int k = 0; ; k++)
        {
            int candidateCount = candidates.Length / width;
            bool isMeasured = false;
            double[] sums = ranks.Combine("distances to candidates", () =>
            {
                Fold(centres, k);
                isMeasured = true;
                return Measure(candidates, centres);
            }, Totals.Concatenate); // [parts, candidates]
            double[][] parts = [.. Enumerable.Range(0, candidateCount)
                .Select(c => Enumerable.Range(0, sums.Length / candidateCount).Select(part => sums[part * candidateCount + c]).ToArray())];
            double[] potentials = [.. parts.Select(own => own.Sum())];
            int best = Array.IndexOf(potentials, potentials.Min());
            candidates.AsSpan(best * width, width).CopyTo(centres.AsSpan(k * width));
            if (k == count - 1)
            {
                return centres;
            }
            if (isMeasured)
            {
                Adopt(best);
            }
            Draw[] draws =
                [.. Enumerable.Range(0, drawCount).Select(_ => PartOf(parts[best], potentials[best] * random.NextDouble()))];
            int chosen = k + 1;
            candidates = Fetch([.. draws.Select(draw => (long)draw.Part)], slot =>
            {
                Fold(centres, chosen);
                return RowOf(draws[slot]);
            });
        }
    }

    static double[] Infinite(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.PositiveInfinity);
        return values;
    }

    // The numbers of rows [C,D], each found by the rank that has its part.
    float[] Fetch(long[] parts, Func<int, int> rowOf)
    {
        long firstPart = shared.Ranks.FirstRow / IRanks.PartRows;
        double[] found = shared.Ranks.Combine("candidates", () =>
        {
            var own = new List<double>();
            Span<float> values = new float[width];
            for (int slot = 0; slot < parts.Length; slot++)
            {
                if (parts[slot] >= firstPart && (parts[slot] - firstPart) * IRanks.PartRows < rows.Count)
                {
                    rows.Read(rowOf(slot), 0, values);
                    own.Add(slot);
                    foreach (float value in values)
                    {
                        own.Add(value);
                    }
                }
            }
            return [.. own];
        }, all => [.. all.SelectMany(own => own.Chunk(width + 1)).OrderBy(row => row[0]).SelectMany(row => row.Skip(1))]);
        return Array.ConvertAll(found, value => (float)value);
    }

    // Brings the distances to the nearest up to date with the first centres.
    void Fold(float[] centres, int count)
    {
        while (folded < count)
        {
            _ = Measure(centres.AsSpan(folded * width, width).ToArray(), centres);
            Adopt(0);
        }
    }

    // Makes a candidate of the last draw the next centre.
    void Adopt(int point)
    {
        foreach (List<Nearer> chunk in nearer)
        {
            foreach (Nearer found in chunk)
            {
                if (found.Point == point)
                {
                    (nearest[found.Row], owners[found.Row]) = (found.Square, folded);
                }
            }
        }
        folded++;
    }

    // Of each part of the rows and each candidate, the sum of the distances to the nearest of the centres and the candidate, [parts, C].
    double[] Measure(float[] numbers, float[] centres)
    {
        Points points = PointsOf(numbers, centres);
        int count = points.Norms.Length, chunksOfPart = IRanks.PartRows / Chunks.Size;
        double[] sums = new double[(rows.Count + IRanks.PartRows - 1) / IRanks.PartRows * count];
        double[][] chunks = new double[Chunks.Count(rows.Count)][];
        // The sums are exact: those without a candidate less what it spares are those with it.
        Chunks.ForEach(rows.Count, shared.Threads, (chunk, first, end) =>
        {
            double[] own = chunks[chunk] = new double[count];
            nearer[chunk].Clear();
            FindNearer(points, first, end, nearer[chunk]);
            Array.Fill(own, folded == 0 ? 0 : Sum(nearest.AsSpan(first, end - first)));
            foreach (Nearer found in nearer[chunk])
            {
                own[found.Point] += folded == 0 ? found.Square : found.Square - nearest[found.Row];
            }
        });
        for (int chunk = 0; chunk < chunks.Length; chunk++)
        {
            for (int c = 0; c < count; c++)
            {
                sums[chunk / chunksOfPart * count + c] += chunks[chunk][c];
            }
        }
        return sums;
    }

    static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum;
    }

    // The part in which the running sum of squared distances passes the target, and the sum before it.
    static Draw PartOf(double[] sums, double target)
    {
        (int part, double before) = (0, 0);
        for (; part < sums.Length - 1 && before + sums[part] <= target; part++)
        {
            before += sums[part];
        }
        return new(part, before, target);
    }

    // The row of this rank at which the running sum passes the target.
    int RowOf(Draw draw)
    {
        int row = (int)(draw.Part * (long)IRanks.PartRows - shared.Ranks.FirstRow), end = Math.Min(rows.Count, row + IRanks.PartRows);
        for (double sum = draw.Before; row < end - 1 && (sum += nearest[row]) <= draw.Target; row++)
        {
        }
        return row;
    }
}
