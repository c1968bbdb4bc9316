using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Toolchain.Commands;

/// <summary>
/// Handles the failures that <see cref="UvlProgram"/> cannot: a machine that has no memory, file handles or threads left, not even to load
/// the next assembly. One line and exit status 71 in place of a crash.
/// </summary>
public static class LastResort
{
    // Made before anything fails.
    static readonly byte[] Message =
        Encoding.ASCII.GetBytes("uvl: the machine has too little left: memory, file handles, threads or processes. "
        + "Close other programs or raise the limit (ulimit -a), then run the same command again.\n");

    // With fewer threads for the user, .NET's runtime hangs (measured: 8 and 10 hang, 14 works).
    const int FewestThreads = 14;

    // With fewer handles, internal threads of .NET may fail to start, and waits for them hang (measured: 86 and 87 hang, 92 works).
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
            // Writing a file larger than ulimit -f allows then fails as on a full disk, and does not kill the process.
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

    // Without the console's writer, which may need handles that are not there.
    static void Tell()
    {
        try
        {
            using var error = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            error.Write(Message);
        }
        catch (Exception error) when (error is OutOfMemoryException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not even that is possible; the exit status remains.
        }
    }
}
