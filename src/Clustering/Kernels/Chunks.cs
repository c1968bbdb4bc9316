using System.Runtime.ExceptionServices;

namespace Toolchain.Clustering.Kernels;

/// <summary>
/// Parallel work over fixed ranges of rows. The ranges depend on the row count alone, and results are added in range order, so that sums
/// have the same bits at any thread count.
/// </summary>
static class Chunks
{
    public const int Size = 256;

    public static int Count(int rows) => (rows + Size - 1) / Size;

    /// <summary>Runs <paramref name="work"/>(chunk, first row, end row) over all chunks.</summary>
    public static void ForEach(int rows, int threads, Action<int, int, int> work) =>
        For(Count(rows), threads, chunk => work(chunk, chunk * Size, Math.Min(rows, (chunk + 1) * Size)));

    /// <summary>Runs <paramref name="work"/>(part, first row, end row) over <paramref name="parts"/> equal ranges.</summary>
    public static void ForParts(int rows, int parts, int threads, Action<int, int, int> work) =>
        For(parts, threads, part => work(part, (int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts)));

    /// <summary>The number that 0 stands for too.</summary>
    public static int Threads(int threads) => threads > 0 ? threads : Environment.ProcessorCount;

    static void For(int count, int threads, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Threads(threads) }, work);
        }
        catch (AggregateException error)
        {
            // What went wrong in one part is what the caller's documentation speaks of.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }
}
