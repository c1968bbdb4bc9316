using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// k-means++ with several candidates per draw, of which the one that lowers the potential most is kept (Arthur and Vassilvitskii, 2007,
/// section 5, "greedy"; 2 + ln K candidates). One pass over the rows serves all candidates of a draw. Distances are rounded so that no sum
/// of them is: a draw finds the same row whatever ranges the rows are in.
/// </summary>
sealed class KMeansPlusPlus<TRows>(SharedRows<TRows> shared) where TRows : struct, IRows
{
    readonly TRows rows = shared.Rows;
    readonly int width = shared.Rows.Width;
    // The squared distance of two rows is at most (2 longest)^2, and a little more as rounded.
    readonly ExactGrid grid = new(4.1 * shared.Longest * shared.Longest, shared.Ranks.RowCount);
    // Of this rank's rows: the squared distance to the nearest of the first centres, as many as are folded in.
    double[] nearest = Infinite(shared.Rows.Count);
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
                return Measure(candidates, distances);
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
                (nearest, distances[best], folded) = (distances[best], nearest, k + 1);
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
        for (; folded < count; folded++)
        {
            Measure(centres.AsSpan(folded * width, width).ToArray(), [nearest]);
        }
    }

    // Fills, for each candidate, the distance of each row to the nearest of its centre and the candidate; gives their sums [parts, C].
    double[] Measure(float[] points, double[][] distances)
    {
        int count = points.Length / width, chunksOfPart = IRanks.PartRows / Chunks.Size;
        float[] norms = [.. Enumerable.Range(0, count).Select(c => shared.Norm(points.AsSpan(c * width, width)))];
        // Bytes are whole numbers, and exact as such.
        short[] words = rows.HasBytes ? Array.ConvertAll(points, value => (short)value) : [];
        var chunks = new double[Chunks.Count(rows.Count)][];
        Chunks.ForEach(rows.Count, shared.Threads, (chunk, first, end) =>
        {
            Span<float> values = new float[width];
            Span<double> products = stackalloc double[count];
            double[] totals = chunks[chunk] = new double[count];
            for (int row = first; row < end; row++)
            {
                if (rows.HasBytes)
                {
                    ReadOnlySpan<byte> bytes = rows.Bytes(row, out int column);
                    Products(bytes, words.AsSpan(column), width, products);
                }
                else
                {
                    rows.Read(row, 0, values);
                    Products(values, points, products);
                }
                for (int c = 0; c < count; c++)
                {
                    double distance = grid.Round(Math.Max(0, (double)shared.Norms[row] + norms[c] - 2.0 * products[c]));
                    totals[c] += distances[c][row] = Math.Min(nearest[row], distance);
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

    static void Products(ReadOnlySpan<byte> row, ReadOnlySpan<short> points, int width, Span<double> products)
    {
        int c = 0;
        for (; c + 4 <= products.Length; c += 4)
        {
            ByteProducts.Dot(row, points[(c * width)..], width).CopyTo(products[c..(c + 4)]);
        }
        for (; c < products.Length; c += 2)
        {
            int next = Math.Min(c + 1, products.Length - 1);
            (products[c], products[next]) = ByteProducts.Dot(row, points.Slice(c * width, row.Length),
                points.Slice(next * width, row.Length));
        }
    }

    static void Products(ReadOnlySpan<float> row, ReadOnlySpan<float> points, Span<double> products)
    {
        for (int c = 0; c < products.Length; c += 2)
        {
            int next = Math.Min(c + 1, products.Length - 1);
            (products[c], products[next]) = VectorKernels.Dot(row, points.Slice(c * row.Length, row.Length),
                points.Slice(next * row.Length, row.Length));
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
