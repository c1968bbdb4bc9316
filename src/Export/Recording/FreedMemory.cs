using System.Runtime.InteropServices;

namespace Toolchain.Export.Recording;

/// <summary>Memory that libtorch freed.</summary>
static class FreedMemory
{
    /// <summary>
    /// Returns it to the system. After runs of a large net the C library keeps hundreds of megabytes for later allocations, and the
    /// weights are copied on top of them.
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

    [DllImport("libc.so.6")]
    static extern int malloc_trim(nuint pad);
}
