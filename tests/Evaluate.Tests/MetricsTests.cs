using Toolchain.Clustering;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Tests;

public sealed class MetricsTests
{
    // Cluster 0 holds 1 1 2, cluster 1 holds 2 2, cluster 2 holds 1.
    static readonly int[] clusters = [0, 0, 0, 1, 1, 2];
    static readonly int[] digits = [1, 1, 2, 2, 2, 1];

    static Contingency Counts => new(clusters, digits, 3, 10);

    [Fact]
    public void OneToOne_ByHand_LeavesTheLastClusterToAnUnusedDigit()
    {
        int[] map = ClusterMap.OneToOne(Counts);
        Assert.Equal((1, 2), (map[0], map[1]));
        Assert.DoesNotContain(map[2], new[] { 1, 2 });
        Assert.Equal(4 / 6.0, ClusteringMetrics.Accuracy(ClusterMap.Apply(map, clusters), digits));
    }

    [Fact]
    public void MajorityVote_ByHand()
    {
        int[] map = ClusterMap.MajorityVote(Counts);
        Assert.Equal([1, 2, 1], map);
        Assert.Equal(5 / 6.0, ClusteringMetrics.Accuracy(ClusterMap.Apply(map, clusters), digits));
        Assert.Equal(5 / 6.0, ClusteringMetrics.Purity(Counts));
    }

    [Fact]
    public void AdjustedRandIndex_ByHand() // pairs together in both 2, in clusters 4, in digits 6, of 15: (2 - 1.6) / (5 - 1.6)
        => Assert.Equal(0.4 / 3.4, ClusteringMetrics.AdjustedRandIndex(Counts), 1e-15);

    [Fact]
    public void NormalizedMutualInformation_ByHand()
    {
        double information = 2 / 6.0 * Math.Log(2 * 6 / 9.0) + 1 / 6.0 * Math.Log(6 / 9.0) + 2 / 6.0 * Math.Log(2) + 1 / 6.0 * Math.Log(2);
        double entropies = 0.5 * Math.Log(2) + 1 / 3.0 * Math.Log(3) + 1 / 6.0 * Math.Log(6) + Math.Log(2);
        Assert.Equal(information / (entropies / 2), ClusteringMetrics.NormalizedMutualInformation(Counts), 1e-15);
    }

    [Fact]
    public void AllMetrics_PerfectClusters_AreOne_UnderAnyNames()
    {
        int[] truth = [.. Enumerable.Range(0, 200).Select(i => i % 10)], renamed = [.. truth.Select(digit => (digit * 3 + 1) % 10)];
        var counts = new Contingency(renamed, truth, 10, 10);
        Assert.Equal(1, ClusteringMetrics.NormalizedMutualInformation(counts), 1e-12);
        Assert.Equal(1, ClusteringMetrics.AdjustedRandIndex(counts), 1e-12);
        Assert.Equal(1, ClusteringMetrics.Accuracy(ClusterMap.Apply(ClusterMap.OneToOne(counts), renamed), truth));
    }

    [Fact]
    public void AdjustedRandIndex_RandomLabels_IsNearZero()
    {
        var random = new Random(5);
        int[] a = [.. Enumerable.Range(0, 20000).Select(_ => random.Next(10))],
            b = [.. Enumerable.Range(0, 20000).Select(_ => random.Next(10))];
        Assert.Equal(0, ClusteringMetrics.AdjustedRandIndex(new Contingency(a, b, 10, 10)), 2e-3);
    }

    [Fact]
    public void Hungarian_RandomGains_EqualsTryingAllPermutations()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int rows = random.Next(1, 6), columns = random.Next(1, 6);
            var gain = new double[rows, columns];
            for (int i = 0; i < rows * columns; i++)
            {
                gain[i / columns, i % columns] = random.Next(-9, 10);
            }
            int[] found = Hungarian.Maximize(gain);
            Assert.Equal(Math.Min(rows, columns), found.Count(column => column >= 0));
            Assert.Equal(found.Where(column => column >= 0).Distinct().Count(), found.Count(column => column >= 0));
            double total = Enumerable.Range(0, rows).Where(row => found[row] >= 0).Sum(row => gain[row, found[row]]);
            Assert.True(Best(gain, 0, [], Math.Max(0, rows - columns)) == total, $"seed {seed}");
        }
    }

    // The best total over all ways to give each row a free column, or to leave it over while that is allowed.
    static double Best(double[,] gain, int row, HashSet<int> taken, int spare)
    {
        if (row == gain.GetLength(0))
        {
            return 0;
        }
        double best = spare > 0 ? Best(gain, row + 1, taken, spare - 1) : double.NegativeInfinity;
        for (int column = 0; column < gain.GetLength(1); column++)
        {
            if (taken.Add(column))
            {
                best = Math.Max(best, gain[row, column] + Best(gain, row + 1, taken, spare));
                taken.Remove(column);
            }
        }
        return best;
    }

    // More test images than are taken at a time: the same images twice have the same classes twice.
    [Fact]
    public void NearestNeighbours_OfManyImages_AreThoseOfEach()
    {
        Rows train = Toys.Separable(60, 1), once = Toys.Separable(40_000, 2);
        var twice = new Rows((float[])[.. once.Values.Span, .. once.Values.Span], once.Width);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 10)];
        int[] all = NearestNeighbours.Assign(new(train, labels), new(twice, []), [3])[0];
        Assert.Equal(Enumerable.Range(0, 40_000).Select(i => i % 10), all[..40_000]);
        Assert.Equal(all[..40_000], all[40_000..]);
    }

    [Fact]
    public void NearestNeighbours_WeighsByCosine() // one near neighbour of digit 3 outweighs two farther ones of digit 7
    {
        Rows train = new(new float[] { 1, 0, 0.8f, 0.6f, 0.8f, -0.6f }, 2), test = new(new float[] { 2, 0 }, 2);
        Assert.Equal([1], NearestNeighbours.Accuracy(new(train, [3, 7, 7]), new(test, [3]), [3]));
        // By one neighbour it is a 3; by all of them, more than there are, a 7.
        Assert.Equal([0, 1], NearestNeighbours.Accuracy(new(train, [3, 7, 7]), new(test, [7]), [1, 200], temperature: 10));
    }

    // Bytes that are not those of the floats show that the bytes are read.
    [Fact]
    public void NearestNeighbours_OfBytes_AreTheirs()
    {
        var (rows, bytes) = (new Rows(new float[] { 1, 0, 0, 1 }, 2), new ByteRows(new byte[] { 0, 9, 9, 0 }, 2));
        LabelledRows known = new(rows, [3, 7]), asked = new(rows, [3, 7]);
        Assert.Equal([1], NearestNeighbours.Accuracy(known, asked, [1]));
        LabelledRows turned = asked with { Bytes = new ByteRows(new byte[] { 1, 0, 0, 1 }, 2) };
        Assert.Equal([0], NearestNeighbours.Accuracy(known with { Bytes = bytes }, turned, [1]));
        Assert.Equal([1], NearestNeighbours.Accuracy(known with { Bytes = bytes }, asked with { Bytes = bytes }, [1]));
    }

    [Fact]
    public void Contingency_LabelOutOfRange_IsNamed()
    {
        var error = Assert.Throws<ArgumentException>(() => new Contingency([0, 3], [1, 1], 3, 10));
        Assert.Equal("Image 1 has cluster 3 and class 1; expected [0..3) and [0..10).", error.Message);
    }
}
