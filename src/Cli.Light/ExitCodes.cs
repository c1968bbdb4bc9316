using System.ComponentModel;
using System.Reflection;
using Toolchain.Data;
using Toolchain.Inference;

namespace Toolchain.Cli.Light;

/// <summary>What the program's exit status says.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>A fault of this program.</summary>
    public const int Bug = 1;

    /// <summary>Wrong arguments, or a place that may not be written.</summary>
    public const int Usage = 2;

    /// <summary>Data that is missing, damaged or of the wrong kind.</summary>
    public const int BadData = 3;

    /// <summary>A model or checkpoint that is damaged, does not follow the contract, or breaks the bounds of its trial.</summary>
    public const int BadModel = 4;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 5;

    /// <summary>A check failed, such as parity.</summary>
    public const int CheckFailed = 6;

    /// <summary>The machine has no more memory, file handles, threads or processes to give.</summary>
    public const int OutOfResources = 71;

    /// <summary>Stopped from outside, or by a full or failing disk; the same command goes on.</summary>
    public const int Interrupted = 75;

    // Numbers of Linux and macOS: out of file handles (of the system, of the process), no memory. EAGAIN differs between them and is a
    // lock's too.
    static readonly int[] resourceErrors = [23, 24, 12];

    /// <summary>The status of a failure of the libraries.</summary>
    public static int Of(Exception error) => error switch
    {
        AggregateException or TypeInitializationException or TargetInvocationException or TaskSchedulerException
            when error.InnerException is Exception inner =>
            Of(inner),
        OutOfMemoryException or FileLoadException or InsufficientExecutionStackException or Win32Exception => OutOfResources,
        DllNotFoundException or BadImageFormatException or NotSupportedException when IsScarcity(error.Message) => OutOfResources,
        // Of an assembly, which this program has, not of a file that it was given.
        FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) => OutOfResources,
        InvalidModelException or Graph.GraphException => BadModel,
        MnistUnavailableException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException
            or UnauthorizedAccessException => BadData,
        PlatformNotSupportedException or ArgumentException or PathTooLongException => Usage,
        CheckFailedException => CheckFailed,
        IOException when !OperatingSystem.IsWindows() && resourceErrors.Contains(error.HResult) => OutOfResources,
        OperationCanceledException or IOException => Interrupted,
        _ => Bug,
    };

    // What the dynamic linker says, and TorchSharp where its library is there and cannot be mapped.
    static bool IsScarcity(string message) =>
        message.Contains("Too many open files", StringComparison.Ordinal)
        || message.Contains("Cannot allocate memory", StringComparison.Ordinal)
        || message.Contains("failed to map segment", StringComparison.Ordinal)
        || message.Contains("Failed to load native component", StringComparison.Ordinal);
}
