using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Toolchain.Commands;

/// <summary>
/// Around the whole program: what fails outside the handling of <see cref="UvlProgram"/>, or within it, is a machine that has no memory,
/// file handles or threads left even to load the next assembly. One line and a status of its own, no crash.
/// </summary>
public static class LastResort
{
    // Made before anything fails.
    static readonly byte[] Message =
        Encoding.ASCII.GetBytes("uvl: the machine has too little left: memory, file handles, threads or processes. "
        + "Close other programs or raise the limit (ulimit -a), then run the same command again.\n");

    // With fewer threads of its user, .NET's runtime neither ends nor goes on (measured: 8 and 10 hang, 14 works).
    const int FewestThreads = 14;

    // With fewer handles, threads of .NET's own may fail to start, and what waits for them never ends (measured: 86 and 87 hang, 92 works).
    const int FewestHandles = 128;

    /// <summary>Runs the program; returns its exit status.</summary>
    public static int Run(Func<int> program)
    {
        if ((!Environment.IsPrivilegedProcess && Limit("Max processes") < FewestThreads) || Limit("Max open files") < FewestHandles)
        {
            Tell();
            return ExitCodes.OutOfResources;
        }
        if (!OperatingSystem.IsWindows())
        {
            // A file larger than ulimit -f allows is an error to whoever writes it, as a full disk is, and not the end of the process.
            _ = signal(FileSizeSignal, Ignored);
        }
        // A thread of the runtime that cannot start its helper ends here.
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
        {
            if (unhandled.ExceptionObject is Exception error && IsScarcity(error))
            {
                Tell();
                Exit(ExitCodes.OutOfResources);
            }
        };
        try
        {
            return program();
        }
        catch (Exception error) when (IsScarcity(error))
        {
            Tell();
            return ExitCodes.OutOfResources;
        }
    }

    /// <summary>Ends the process at once. An orderly exit takes down native libraries whose threads still compute, which crashes, and waits
    /// for what may need the handles or threads that are not there.</summary>
    public static void Exit(int status)
    {
        if (!OperatingSystem.IsWindows())
        {
            _exit(status);
        }
        Environment.Exit(status);
    }

    // SIGXFSZ and SIG_IGN of Linux and macOS.
    const int FileSizeSignal = 25, Ignored = 1;

    [DllImport("libc")]
    static extern void _exit(int status);

    [DllImport("libc")]
    static extern nint signal(int number, nint handler);

    // A soft limit; on Linux alone. That of processes does not bind root.
    static long Limit(string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            return long.MaxValue;
        }
        string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.TryParse(line?[name.Length..].TrimStart().Split(' ')[0], out long limit) ? limit : long.MaxValue;
    }

    static bool IsScarcity(Exception error) =>
        error is OutOfMemoryException or IOException or BadImageFormatException or TypeLoadException or TypeInitializationException;

    // The console's own writer may need handles that are not there.
    static void Tell()
    {
        try
        {
            using var error = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            error.Write(Message);
        }
        catch (Exception error) when (error is OutOfMemoryException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not even that; the status says it.
        }
    }
}
