using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Mini-batch k-means (Sculley, "Web-scale k-means clustering", 2010): each centre moves to the running mean of the rows it was given.
/// </summary>
static class MiniBatch
{
    /// <summary>Returns centres after <see cref="KMeansOptions.MaxIterations"/> batches of rows drawn with replacement.</summary>
    public static float[] Improve<TRows>(TRows rows, float[] start, Random random, KMeansOptions options) where TRows : struct, IRows
    {
        int width = rows.Width, count = start.Length / width;
        var centres = (float[])start.Clone();
        var seen = new long[count];
        var batch = new float[options.BatchSize * width];
        for (int step = 0; step < options.MaxIterations; step++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < options.BatchSize; i++)
            {
                rows.Read(random.Next(rows.Count), 0, batch.AsSpan(i * width, width));
            }
            int[] labels = KMeansClustering.Assign(new Rows(batch, width), new Rows(centres, width), options.Threads);
            for (int i = 0; i < options.BatchSize; i++)
            {
                float rate = 1f / ++seen[labels[i]];
                VectorKernels.MoveTowards(centres.AsSpan(labels[i] * width, width), batch.AsSpan(i * width, width), rate);
            }
        }
        return centres;
    }
}
