using System.ComponentModel;
using System.Reflection;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Inference;

namespace Toolchain.Commands;

/// <summary>The exit codes of the program.</summary>
public static class ExitCodes
{
    /// <summary>Success.</summary>
    public const int Ok = 0;

    /// <summary>Internal error of the program; please report it.</summary>
    public const int Bug = 1;

    /// <summary>Wrong arguments, or an output path that cannot be written.</summary>
    public const int Usage = 2;

    /// <summary>Bad data: missing, damaged or of the wrong kind.</summary>
    public const int BadData = 3;

    /// <summary>
    /// Bad model or checkpoint: damaged, outside the contract, beyond the limits of its trial, or not the one of its manifest.
    /// </summary>
    public const int BadModel = 4;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 5;

    /// <summary>A check failed, such as parity.</summary>
    public const int CheckFailed = 6;

    /// <summary>The machine is out of memory, file handles, threads or processes.</summary>
    public const int OutOfResources = 71;

    /// <summary>Interrupted, by a signal or a full or failing disk; the same command resumes.</summary>
    public const int Interrupted = 75;

    // Numbers of Linux and macOS: not a folder, a folder, no such device, a loop of links (40, 62).
    static readonly int[] pathErrors = [20, 21, 6, 40, 62];

    // Numbers of Linux and macOS: a file where a folder should be, an argument that the system does not take.
    static readonly int[] usageErrors = [17, 22];

    // Numbers of Linux and macOS: out of file handles (of the system, of the process), no memory. EAGAIN is left out: its number differs
    // between them, and locks report it too.
    static readonly int[] resourceErrors = [23, 24, 12];

    /// <summary>The status of a failure of the libraries.</summary>
    public static int Of(Exception error) => error switch
    {
        AggregateException or TypeInitializationException or TargetInvocationException or TaskSchedulerException
            when error.InnerException is Exception inner =>
            Of(inner),
        OutOfMemoryException or OutOfResourcesException or FileLoadException or InsufficientExecutionStackException or Win32Exception =>
            OutOfResources,
        DllNotFoundException or BadImageFormatException or NotSupportedException when IsScarcity(error.Message) => OutOfResources,
        // An assembly of this program that cannot be loaded, not a file of the user.
        FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) => OutOfResources,
        InvalidModelException or Graph.GraphException => BadModel,
        DatasetUnavailableException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException
            or UnauthorizedAccessException => BadData,
        ArgumentOutOfRangeException when IsFileTooLarge(error) => Interrupted,
        PlatformNotSupportedException or ArgumentException or PathTooLongException or FileInUseException => Usage,
        CheckFailedException => CheckFailed,
        IOException when !OperatingSystem.IsWindows() && resourceErrors.Contains(error.HResult) => OutOfResources,
        IOException when !OperatingSystem.IsWindows() && pathErrors.Contains(error.HResult) => BadData,
        IOException when !OperatingSystem.IsWindows() && usageErrors.Contains(error.HResult) => Usage,
        OperationCanceledException or IOException => Interrupted,
        _ => Bug,
    };

    /// <summary>Whether a file grew beyond what the system lets this user write (EFBIG), which .NET has no error of its own for.</summary>
    internal static bool IsFileTooLarge(Exception error) =>
        error.Message.StartsWith("Specified file length was too large for the file system.", StringComparison.Ordinal);

    // Messages of the dynamic linker, and of TorchSharp where its library exists and cannot be mapped.
    static bool IsScarcity(string message) =>
        message.Contains("Too many open files", StringComparison.Ordinal)
        || message.Contains("Cannot allocate memory", StringComparison.Ordinal)
        || message.Contains("failed to map segment", StringComparison.Ordinal)
        || message.Contains("Failed to load native component", StringComparison.Ordinal);
}
