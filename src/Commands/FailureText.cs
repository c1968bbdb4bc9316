using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>The one line that tells a user why a command failed, and what to do about it.</summary>
static class FailureText
{
    /// <summary>The line, without the program's name.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="status">Its exit status.</param>
    public static string Of(Exception failure, int status)
    {
        string message = Printable.Line(Plain(failure).ReplaceLineEndings(" "));
        if (message is "The operation was canceled." or "A task was canceled.")
        {
            message = "stopped; nothing was written, the same command starts again.";
        }
        if (message == "The value cannot be an empty string.")
        {
            message = "expected a file or folder, found an empty text; see the arguments and options that are \"\".";
        }
        return status switch
        {
            ExitCodes.Bug =>
                $"a fault of this program ({failure.GetType().Name}): {message} Run again with --verbose and report what it prints.",
            ExitCodes.OutOfResources =>
                $"the machine has too little left: {Printable.Line(InWords(failure))} Close other programs or raise the limit, then run "
                + $"the same command again.",
            ExitCodes.Interrupted when failure is not OperationCanceledException =>
                $"{message.TrimEnd('.')}. The output was not changed. Fix the cause and rerun the same command.",
            _ => message,
        };
    }

    // .NET appends the name of a parameter, which means nothing to a user.
    static string WithoutParameter(Exception failure)
    {
        string suffix = failure is ArgumentException { ParamName: { } name } ? $" (Parameter '{name}')" : "";
        return suffix != "" && failure.Message.EndsWith(suffix, StringComparison.Ordinal) ? failure.Message[..^suffix.Length]
            : failure.Message;
    }

    // .NET's messages about files, in the form of this program's own.
    static string Plain(Exception failure) => failure switch
    {
        FileNotFoundException { FileName: { } name } when Quoted(failure.Message, "Could not find file '", "'.") is not null =>
            $"'{name}': expected a file, found none.",
        DirectoryNotFoundException when Quoted(failure.Message, "Could not find a part of the path '", "'.") is string path =>
            $"'{path}': expected a file, found none, nor its folder.",
        UnauthorizedAccessException when Quoted(failure.Message, "Access to the path '", "' is denied.") is string path =>
            $"'{path}': access is denied; change its permissions or name another.",
        ArgumentOutOfRangeException when ExitCodes.IsFileTooLarge(failure) =>
            "a file grew larger than the file system or ulimit -f allows",
        _ => WithoutParameter(failure),
    };

    static string? Quoted(string text, string before, string after) =>
        text.StartsWith(before, StringComparison.Ordinal) && text.EndsWith(after, StringComparison.Ordinal)
        ? text[before.Length..^after.Length] : null;

    // .NET's messages about its own parts help no user.
    static string InWords(Exception failure) => failure switch
    {
        TypeInitializationException or AggregateException or TaskSchedulerException when failure.InnerException is Exception inner =>
            InWords(inner),
        OutOfMemoryException => "memory ran out.",
        DllNotFoundException or NotSupportedException or FileLoadException or BadImageFormatException
            or FileNotFoundException { FileName: not null } => "a library of this program cannot be loaded.",
        _ => failure.Message,
    };
}
