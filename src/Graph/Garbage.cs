namespace Toolchain.Graph;

/// <summary>Collects large arrays that nothing needs any more, which .NET by itself does late.</summary>
sealed class Garbage
{
    // A ResNet-50 took 200 MB more without it. A collection takes some milliseconds.
    const long MostBytes = 32 << 20;

    long dropped;

    /// <summary>Counts <paramref name="bytes"/> that were dropped, and collects them when there are many.</summary>
    public void Drop(long bytes)
    {
        dropped += bytes;
        if (dropped > MostBytes)
        {
            GC.Collect();
            dropped = 0;
        }
    }
}
