using System.Runtime.InteropServices;

namespace Toolchain.Export.Recording;

/// <summary>Memory that was freed, and that .NET or the C library keeps for later.</summary>
static class FreedMemory
{
    // Time between two trims while something runs.
    const int TrimMilliseconds = 10;

    /// <summary>
    /// Returns what libtorch and ONNX Runtime freed to the system. After runs of a large net the C library keeps hundreds of megabytes, and
    /// the weights, or the activations of a run of other sizes, come on top of them.
    /// </summary>
    public static void Trim()
    {
        // glibc alone has it; the others give large blocks back by themselves.
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library)
            && NativeLibrary.TryGetExport(library, "malloc_trim", out _))
        {
            _ = malloc_trim(0);
        }
    }

    /// <summary>
    /// Trims again and again while something runs: ONNX Runtime, which replaces weights when it opens a model, keeps half as much as those
    /// of a ResNet-50.
    /// </summary>
    public static T TrimWhile<T>(Func<T> run)
    {
        using var timer = new Timer(_ => Trim(), null, TrimMilliseconds, TrimMilliseconds);
        return run();
    }

    /// <summary>Collects garbage, and returns that as well.</summary>
    public static void Return()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Trim();
    }

    [DllImport("libc.so.6")]
    static extern int malloc_trim(nuint pad);
}
