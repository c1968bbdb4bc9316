using System.Globalization;
using System.Runtime.InteropServices;

namespace Toolchain.Inference.Trials;

/// <summary>Limits that the kernel holds for this process.</summary>
static class ResourceLimits
{
    /// <summary>Ends this process after so many seconds of a processor, whatever becomes of its parent; not on Windows.</summary>
    public static void LimitProcessor(int seconds)
    {
        // Number of RLIMIT_CPU, on Linux and macOS.
        const int cpu = 0;
        if (!OperatingSystem.IsWindows())
        {
            _ = setrlimit(cpu, [(ulong)seconds, (ulong)seconds]);
        }
    }

    /// <summary>Lets this process take so many more bytes of memory; on Linux alone, elsewhere the parent watches.</summary>
    public static void LimitMemory(long more)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        // Number of RLIMIT_DATA: private memory that can be written. The address space would count what .NET reserves and never touches.
        const int data = 2;
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmData:", StringComparison.Ordinal));
        long now = 1024 * long.Parse(line.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        ulong[] limit = [(ulong)(now + more), (ulong)(now + more)];
        _ = setrlimit(data, limit);
    }

    [DllImport("libc")]
    static extern int setrlimit(int resource, ulong[] limit);
}
