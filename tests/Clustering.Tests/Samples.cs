namespace Toolchain.Clustering.Tests;

static class Samples
{
    /// <summary>Normal clouds around centres drawn in [-4..4].</summary>
    public static Rows Blobs(int count, int width, int clusters, int seed)
    {
        var random = new Random(seed);
        float[] centres = [.. Enumerable.Range(0, clusters * width).Select(_ => (float)(random.NextDouble() * 8 - 4))];
        var values = new float[count * width];
        for (int row = 0; row < count; row++)
        {
            int cluster = random.Next(clusters);
            for (int i = 0; i < width; i++)
            {
                values[row * width + i] = centres[cluster * width + i] + (float)Normal(random) * 0.7f;
            }
        }
        return new Rows(values, width);
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
