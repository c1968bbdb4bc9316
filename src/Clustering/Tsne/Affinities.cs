using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Similarities of rows to their neighbours, symmetric and summing to 1 (van der Maaten and Hinton 2008, equations 1 and "symmetric SNE"),
/// as sparse rows: those of row i are at [starts[i]..starts[i+1]).
/// </summary>
sealed class Affinities
{
    readonly int[] starts, others;
    // Similarities of the neighbours in others; and coordinates [N,2], so that one load fetches both of a neighbour.
    readonly float[] similarities, pairs;

    Affinities(int[] starts, int[] others, float[] similarities) =>
        (this.starts, this.others, this.similarities, pairs) = (starts, others, similarities, new float[2 * starts.Length]);

    /// <summary>Number of rows (N).</summary>
    public int Count => starts.Length - 1;

    /// <summary>Similarities of the 3 u nearest neighbours of each row at perplexity u.</summary>
    public static Affinities Of(Rows rows, TsneOptions options)
    {
        (double perplexity, int threads) = (options.Perplexity, options.Threads);
        NeighbourTable near = NeighbourSearch.OfEach(rows, (int)(3 * perplexity), options.Neighbours, threads);
        var similarities = new float[near.Values.Length];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                Bandwidth.Fill(near.Values.AsSpan(row * near.Count, near.Count), Math.Log(perplexity),
                    similarities.AsSpan(row * near.Count, near.Count));
            }
        });
        return Symmetric(rows.Count, near, similarities);
    }

    /// <summary>
    /// Turns <paramref name="gradient"/> from the sums of repulsion into the gradient / 4: exaggerated attraction less
    /// <paramref name="scale"/> times repulsion.
    /// </summary>
    public void AddAttraction(float[][] coordinates, float[][] gradient, float exaggeration, float scale, int threads)
    {
        Chunks.ForEach(Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                (pairs[2 * row], pairs[2 * row + 1]) = (coordinates[0][row], coordinates[1][row]);
            }
        });
        Chunks.ForEach(Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                (float x, float y) = Attraction(pairs, row);
                gradient[0][row] = exaggeration * x - scale * gradient[0][row];
                gradient[1][row] = exaggeration * y - scale * gradient[1][row];
            }
        });
    }

    /// <summary>Divergence of the 2-D embedding's similarities, whose kernels sum to <paramref name="total"/>, from these (nats).</summary>
    public double Divergence(float[][] coordinates, double total)
    {
        double sum = 0;
        for (int row = 0; row < Count; row++)
        {
            for (int i = starts[row]; i < starts[row + 1]; i++)
            {
                double x = coordinates[0][row] - coordinates[0][others[i]], y = coordinates[1][row] - coordinates[1][others[i]];
                sum += similarities[i] * Math.Log(Math.Max(similarities[i], float.Epsilon) * total * (1 + x * x + y * y));
            }
        }
        return sum;
    }

    // Sum over the neighbours j of p_j (y - y_j) / (1 + |y - y_j|^2), y = (x, y) of the row.
    (float X, float Y) Attraction(float[] pairs, int row)
    {
        int i = starts[row], end = starts[row + 1];
        float x = pairs[2 * row], y = pairs[2 * row + 1], sumX = 0, sumY = 0;
        if (Avx.IsSupported)
        {
            Vector256<float> totalX = default, totalY = default, one = Vector256.Create(1f), allX = Vector256.Create(x),
                allY = Vector256.Create(y);
            ref double all = ref Unsafe.As<float, double>(ref MemoryMarshal.GetArrayDataReference(pairs));
            for (; i + 8 <= end; i += 8)
            {
                // Eight coordinates, of which the halves of a vector hold first and last two: the shuffles part x from y and restore the
                // order.
                ref int at = ref others[i];
                Vector256<float> first = Four(ref all, ref at, 0, 4), second = Four(ref all, ref at, 2, 6);
                Vector256<float> dx = allX - Avx.Shuffle(first, second, 0x88), dy = allY - Avx.Shuffle(first, second, 0xDD);
                Vector256<float> weight = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(similarities),
                    (nuint)i) / (one + dx * dx + dy * dy);
                (totalX, totalY) = (totalX + weight * dx, totalY + weight * dy);
            }
            (sumX, sumY) = (Vector256.Sum(totalX), Vector256.Sum(totalY));
        }
        for (; i < end; i++)
        {
            float dx = x - pairs[2 * others[i]], dy = y - pairs[2 * others[i] + 1], weight = similarities[i] / (1 + dx * dx + dy * dy);
            (sumX, sumY) = (sumX + weight * dx, sumY + weight * dy);
        }
        return (sumX, sumY);
    }

    // The coordinates of two neighbours from each of two on: a number of 64 bits is both coordinates at once, and loading them one by one
    // is faster than a gather.
    static Vector256<float> Four(ref double coordinates, ref int others, int low, int high) => Vector256.Create(
        Unsafe.Add(ref coordinates, Unsafe.Add(ref others, low)), Unsafe.Add(ref coordinates, Unsafe.Add(ref others, low + 1)),
        Unsafe.Add(ref coordinates, Unsafe.Add(ref others, high)), Unsafe.Add(ref coordinates, Unsafe.Add(ref others, high + 1)))
            .AsSingle();

    // (p of j given i + p of i given j) / 2N, for all pairs of which either is a neighbour of the other.
    static Affinities Symmetric(int count, NeighbourTable near, float[] similarities)
    {
        // The transpose, row by row: its entries come in the order of their columns.
        int[] ends = new int[count + 1];
        foreach (int other in near.Indices)
        {
            ends[other + 1]++;
        }
        for (int row = 0; row < count; row++)
        {
            ends[row + 1] += ends[row];
        }
        int[] next = [.. ends.Take(count)];
        var (sources, backward) = (new int[near.Indices.Length], new float[near.Indices.Length]);
        for (int i = 0; i < near.Indices.Length; i++)
        {
            int slot = next[near.Indices[i]]++;
            (sources[slot], backward[slot]) = (i / near.Count, similarities[i]);
        }
        var (starts, others, sums) = (new int[count + 1], new List<int>(near.Indices.Length * 2), new List<float>(near.Indices.Length * 2));
        var forward = new float[count];
        float scale = 1f / (2f * count);
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<int> own = near.Indices.AsSpan(row * near.Count, near.Count);
            for (int i = 0; i < own.Length; i++)
            {
                forward[own[i]] = similarities[row * near.Count + i];
            }
            for (int i = ends[row]; i < ends[row + 1]; i++)
            {
                others.Add(sources[i]);
                sums.Add((forward[sources[i]] + backward[i]) * scale);
                forward[sources[i]] = 0;
            }
            foreach (int other in own)
            {
                if (forward[other] > 0)
                {
                    others.Add(other);
                    sums.Add(forward[other] * scale);
                    forward[other] = 0;
                }
            }
            starts[row + 1] = others.Count;
        }
        return new Affinities(starts, [.. others], [.. sums]);
    }
}
