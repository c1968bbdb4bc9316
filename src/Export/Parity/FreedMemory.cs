using System.Runtime.InteropServices;

namespace Toolchain.Export.Parity;

/// <summary>
/// Returns to the system what a run has freed. The C library would keep the activations of one run beside those of the next, which has
/// other sizes.
/// </summary>
static class FreedMemory
{
    /// <summary>Collects garbage and trims the heap of glibc; other systems' heaps are left as they are.</summary>
    public static void Return()
    {
        GC.Collect();
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        try
        {
            _ = malloc_trim(0);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl has none
        }
    }

    [DllImport("libc.so.6")]
    static extern int malloc_trim(nuint pad);
}
