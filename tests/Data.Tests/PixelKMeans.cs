namespace Toolchain.Data.Tests;

/// <summary>Plain k-means on raw pixels, for judging how hard a set of digits is.</summary>
static class PixelKMeans
{
    /// <summary>
    /// Best share of images, over one-to-one maps from 10 clusters to digits, whose cluster maps to their digit. Starts from the first ten
    /// images.
    /// </summary>
    public static double MatchedAccuracy(ImageSet set, int iterations)
    {
        double[][] centres = [.. Enumerable.Range(0, 10).Select(k => set.Image(k).ToArray().Select(pixel => (double)pixel).ToArray())];
        int[] clusters = new int[set.Count];
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            Parallel.For(0, set.Count, i => clusters[i] = Closest(set.Image(i), centres));
            for (int k = 0; k < 10; k++)
            {
                int[] members = [.. Enumerable.Range(0, set.Count).Where(i => clusters[i] == k)];
                for (int pixel = 0; pixel < 784 && members.Length > 0; pixel++)
                {
                    centres[k][pixel] = members.Average(i => (double)set.Image(i)[pixel]);
                }
            }
        }
        int[,] counts = new int[10, 10];
        for (int i = 0; i < set.Count; i++)
        {
            counts[clusters[i], set.Labels![i]]++;
        }
        return BestMatch(counts) / (double)set.Count;
    }

    public static int SquaredDistance(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            int difference = left[i] - right[i];
            sum += difference * difference;
        }
        return sum;
    }

    static int Closest(ReadOnlySpan<byte> image, double[][] centres)
    {
        int best = 0;
        double least = double.MaxValue;
        for (int k = 0; k < centres.Length; k++)
        {
            double sum = 0;
            for (int i = 0; i < image.Length; i++)
            {
                sum += (image[i] - centres[k][i]) * (image[i] - centres[k][i]);
            }
            (best, least) = sum < least ? (k, sum) : (best, least);
        }
        return best;
    }

    // Over sets of digits already taken, cluster by cluster: exact, and 1024 steps wide.
    static int BestMatch(int[,] counts)
    {
        int[] best = new int[1 << 10];
        for (int taken = 1; taken < best.Length; taken++)
        {
            int cluster = int.PopCount(taken) - 1;
            best[taken] = Enumerable.Range(0, 10).Where(digit => (taken >> digit & 1) == 1)
                .Max(digit => best[taken & ~(1 << digit)] + counts[cluster, digit]);
        }
        return best[^1];
    }
}
