using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// k-means++ with several candidates per draw, of which the one that lowers the potential most is kept (Arthur and Vassilvitskii, 2007,
/// section 5, "greedy"; 2 + ln K candidates). One pass over the rows serves all candidates of a draw. Distances are rounded so that no sum
/// of them is: a draw finds the same row whatever ranges the rows are in. A candidate that is twice as far from a row's nearest centre as
/// the row is cannot be nearer, which spares most distances.
/// </summary>
sealed class KMeansPlusPlus<TRows>(SharedRows<TRows> shared) where TRows : struct, IRows
{
    readonly TRows rows = shared.Rows;
    readonly int width = shared.Rows.Width;
    // The squared distance of two rows is at most (2 longest)^2, and a little more as rounded.
    readonly ExactGrid grid = new(4.1 * shared.Longest * shared.Longest, shared.Ranks.RowCount);
    // Bound of the rounding of a squared distance, as in NearestCentres.
    readonly double rounding = (shared.Rows.Width + 8) * Math.ScaleB(1, -23) * 4 * shared.Longest * shared.Longest;
    // Of this rank's rows: the squared distance to the nearest of the first centres, as many as are folded in, and which that is.
    double[] nearest = Infinite(shared.Rows.Count);
    readonly int[] owners = new int[shared.Rows.Count];
    int folded;

    // A row is drawn: its part, and the running sums before the part and at the row.
    readonly record struct Draw(int Part, double Before, double Target);

    /// <summary>Centres [K,D], rows each.</summary>
    /// <param name="count">K.</param>
    /// <param name="random">Draws the candidates.</param>
    public float[] Initialize(int count, Random random)
    {
        IRanks ranks = shared.Ranks;
        var centres = new float[count * width];
        double[][] distances = [.. Enumerable.Range(0, 2 + (int)Math.Log(count)).Select(_ => new double[rows.Count])];
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
                return Measure(candidates, centres, distances);
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
                distances[best] = Adopt(distances[best]);
            }
            Draw[] draws =
                [.. distances.Select(_ => PartOf(parts[best], potentials[best] * random.NextDouble()))];
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
        double[] distances = folded < count ? new double[rows.Count] : [];
        while (folded < count)
        {
            Measure(centres.AsSpan(folded * width, width).ToArray(), centres, [distances]);
            distances = Adopt(distances);
        }
    }

    // Makes the distances with the next centre those to the nearest; returns the array of the former ones.
    double[] Adopt(double[] distances)
    {
        double[] former = nearest;
        for (int row = 0; row < former.Length; row++)
        {
            owners[row] = distances[row] < former[row] ? folded : owners[row];
        }
        (nearest, folded) = (distances, folded + 1);
        return former;
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

    // Fills, for each candidate, the distance of each row to the nearest of its centre and the candidate; gives their sums [parts, C].
    double[] Measure(float[] points, float[] centres, double[][] distances)
    {
        double[] gaps = Gaps(points, centres);
        int count = points.Length / width, chunksOfPart = IRanks.PartRows / Chunks.Size;
        float[] norms = [.. Enumerable.Range(0, count).Select(c => shared.Norm(points.AsSpan(c * width, width)))];
        // Bytes are whole numbers, and exact as such.
        short[] words = rows.HasBytes ? Array.ConvertAll(points, value => (short)value) : [];
        var chunks = new double[Chunks.Count(rows.Count)][];
        Chunks.ForEach(rows.Count, shared.Threads, (chunk, first, end) =>
        {
            Span<float> values = new float[width];
            Span<double> products = stackalloc double[count];
            Span<int> near = stackalloc int[count];
            double[] totals = chunks[chunk] = new double[count];
            for (int row = first; row < end; row++)
            {
                int found = 0;
                double least = nearest[row];
                ReadOnlySpan<double> own = gaps.AsSpan(owners[row] * count, count);
                for (int c = 0; c < count; c++)
                {
                    near[found] = c;
                    found += least < own[c] ? 0 : 1;
                    distances[c][row] = least;
                }
                if (found > 0)
                {
                    Multiply(row, values, (points, words), near[..found], products);
                    foreach (int c in near[..found])
                    {
                        double distance = grid.Round(Math.Max(0, (double)shared.Norms[row] + norms[c] - 2.0 * products[c]));
                        distances[c][row] = Math.Min(least, distance);
                    }
                }
                for (int c = 0; c < count; c++)
                {
                    totals[c] += distances[c][row];
                }
            }
        });
        var sums = new double[(chunks.Length + chunksOfPart - 1) / chunksOfPart * count];
        for (int chunk = 0; chunk < chunks.Length; chunk++)
        {
            for (int c = 0; c < count; c++)
            {
                sums[chunk / chunksOfPart * count + c] += chunks[chunk][c];
            }
        }
        return sums;
    }

    // The products of a row with some of the points.
    void Multiply(int row, Span<float> values, (float[] Numbers, short[] Words) points, ReadOnlySpan<int> some, Span<double> products)
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
