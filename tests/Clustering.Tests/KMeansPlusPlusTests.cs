using Toolchain.Clustering.KMeans;

namespace Toolchain.Clustering.Tests;

public sealed class KMeansPlusPlusTests
{
    [Theory]
    [InlineData(3, 40)]
    [InlineData(10, 130)]
    [InlineData(40, 25)]
    public void Initialize_ManyCentres_EqualsThePlainLoops(int width, int count)
    {
        Rows rows = Samples.Blobs(2500, width, 12, 3 + width);
        Rows found = new(new KMeansPlusPlus<Rows>(new(rows, IRanks.Alone(rows.Count), 2)).Initialize(count, new Random(7)), width);
        Assert.Equal(Plain(rows, count, new Random(7)).Select(row => rows[row].ToArray()),
            Enumerable.Range(0, count).Select(k => found[k].ToArray()));
    }

    [Fact]
    public void Initialize_Bytes_EqualsTheirFloats()
    {
        byte[] bytes = [.. Samples.Blobs(2500, 20, 12, 4).Values.ToArray().Select(value => (byte)Math.Clamp(128 + 16 * value, 0, 255))];
        var rows = new ByteRows(bytes, 20, 1);
        float[] found = new KMeansPlusPlus<ByteRows>(new(rows, IRanks.Alone(rows.Count), 2)).Initialize(60, new Random(7));
        Assert.Equal(Plain(rows.ToRows(), 60, new Random(7)).Select(row => rows.ToRows()[row].ToArray()), found.Chunk(20));
    }

    // Greedy k-means++ that measures all rows from all candidates; the chosen rows.
    static List<int> Plain(Rows rows, int count, Random random)
    {
        var chosen = new List<int>();
        double[] nearest = [.. Enumerable.Repeat(double.PositiveInfinity, rows.Count)];
        int[] candidates = [random.Next(rows.Count)];
        while (true)
        {
            double[][] distances = [.. candidates.Select(candidate =>
                nearest.Select((least, row) => Math.Min(least, Square(rows[row], rows[candidate]))).ToArray())];
            double[] potentials = [.. distances.Select(own => own.Sum())];
            int best = Array.IndexOf(potentials, potentials.Min());
            chosen.Add(candidates[best]);
            if (chosen.Count == count)
            {
                return chosen;
            }
            nearest = distances[best];
            candidates = [.. Enumerable.Range(0, 2 + (int)Math.Log(count)).Select(_ =>
            {
                (double target, double sum, int row) = (potentials[best] * random.NextDouble(), 0, 0);
                while (row < rows.Count - 1 && (sum += nearest[row]) <= target)
                {
                    row++;
                }
                return row;
            })];
        }
    }

    static double Square(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }
        return sum;
    }
}
