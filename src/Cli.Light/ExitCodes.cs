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

    /// <summary>Wrong arguments.</summary>
    public const int Usage = 2;

    /// <summary>Data that is missing, damaged or of the wrong kind.</summary>
    public const int BadData = 3;

    /// <summary>A model that is damaged or does not follow the contract.</summary>
    public const int BadModel = 4;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 5;

    /// <summary>A check failed, such as parity.</summary>
    public const int CheckFailed = 6;

    /// <summary>Stopped from outside, or by a full disk; the same command can go on.</summary>
    public const int Interrupted = 75;

    /// <summary>The status of a failure of the libraries.</summary>
    public static int Of(Exception error) => error switch
    {
        InvalidModelException => BadModel,
        MnistUnavailableException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException => BadData,
        PlatformNotSupportedException or ArgumentException => Usage,
        Graph.GraphException => BadModel,
        CheckFailedException => CheckFailed,
        OperationCanceledException or IOException or UnauthorizedAccessException => Interrupted,
        _ => Bug,
    };
}
