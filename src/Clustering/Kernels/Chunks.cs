using System.Runtime.ExceptionServices;

namespace Toolchain.Clustering.Kernels;

/// <summary>
/// Parallel work over fixed ranges of rows. The ranges depend on the row count alone, and results are added in range order, so that sums
/// have the same bits at any thread count.
/// </summary>
static class Chunks
{
    /// <summary>Rows of a chunk.</summary>
    public const int Size = 256;

    /// <summary>Number of chunks of so many rows.</summary>
    public static int Count(int rows) => (rows + Size - 1) / Size;

    /// <summary>Runs <paramref name="work"/>(chunk, first row, end row) over all chunks.</summary>
    public static void ForEach(int rows, int threads, Action<int, int, int> work) =>
        For(Count(rows), threads, chunk => work(chunk, chunk * Size, Math.Min(rows, (chunk + 1) * Size)));

    /// <summary>Runs <paramref name="work"/>(part, first row, end row) over <paramref name="parts"/> equal ranges.</summary>
    public static void ForParts(int rows, int parts, int threads, Action<int, int, int> work) =>
        For(parts, threads, part => work(part, (int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts)));

    /// <summary>The number of threads, where 0 means all processors.</summary>
    public static int Threads(int threads) => threads > 0 ? threads : Environment.ProcessorCount;

    static void For(int count, int threads, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Threads(threads) }, work);
        }
        catch (AggregateException error)
        {
            // The caller documents the exceptions of a part, not their aggregate.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }
}
