using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>Runs a command line: parses it, maps failures to one line and an exit status, and turns Ctrl-C into a cancellation.</summary>
/// <param name="root">The commands.</param>
/// <param name="statusOf">Exit status of a failure.</param>
public sealed class UvlProgram(Command root, Func<Exception, int> statusOf)
{
    // Time for an orderly stop, after which the process ends.
    static readonly TimeSpan patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Runs <paramref name="arguments"/> on the console. A stream that cannot be written never ends the work.</summary>
    /// <returns>The exit status.</returns>
    public int Run(string[] arguments)
    {
        var output = new LastingWriter(() => Writer(Console.OpenStandardOutput()));
        var error = new LastingWriter(() => Writer(Console.OpenStandardError()));
        Console.SetOut(TextWriter.Null); // TorchSharp prints there where it cannot load its native library
        int status = Run(arguments, output, error);
        if (status == ExitCodes.Ok && output.Failure is string reason)
        {
            error.WriteLine($"uvl: standard output could not be written ({reason.TrimEnd('.')}); the files are complete.");
            return ExitCodes.Interrupted;
        }
        return status;

        static TextWriter Writer(Stream stream) => new StreamWriter(stream, Console.OutputEncoding) { AutoFlush = true };
    }

    /// <summary>Runs <paramref name="arguments"/>.</summary>
    /// <param name="arguments">Words after the program's name.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives messages and progress.</param>
    /// <returns>The exit status.</returns>
    public int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        // An argument that starts with @ is taken as it is, such as a file's name, not as a response file.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool isHelp = parsed.Action is BriefHelp or HelpAction;
        if (!isHelp && parsed.CommandResult is { Command.Subcommands.Count: > 0 } group && parsed.UnmatchedTokens.Count == 0
            && group.Command.Action is null && !parsed.Tokens.Any(token => token.Type == TokenType.Option))
        {
            parsed = root.Parse([.. arguments, "--help"]);
            isHelp = true;
        }
        if ((isHelp ? CommandLineErrors.Unknown(parsed) : CommandLineErrors.Of(parsed)) is string wrong)
        {
            error.WriteLine($"uvl: {Printable.Line(wrong)} See 'uvl {CommandPath(parsed.CommandResult)}--help'.");
            return ExitCodes.Usage;
        }
        using var cancel = new CancellationTokenSource();
        var configuration = new Invocation
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            return parsed.InvokeAsync(configuration, cancel.Token).GetAwaiter().GetResult();
        }
        catch (Exception failure)
        {
            int status = statusOf(failure);
            error.WriteLine($"uvl: {FailureText.Of(failure, status)}");
            if (parsed.GetValue(GlobalOptions.Verbose))
            {
                error.WriteLine(failure);
            }
            return status;
        }

        void Cancel(PosixSignalContext context)
        {
            // The first signal asks for an orderly stop; a second one ends the process.
            if (context.Signal == PosixSignal.SIGINT && !cancel.IsCancellationRequested && !parsed.GetValue(GlobalOptions.Quiet))
            {
                error.WriteLine(configuration.FinishesStep ? "\nstopping after this step; press Ctrl-C again to stop at once"
                    : "\nstopping");
            }
            if (context.Signal == PosixSignal.SIGTERM || !configuration.FinishesStep)
            {
                EndSoon(error, parsed.CommandResult.Command.Name);
            }
            context.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        }
    }

    // Ends the process where a read never returns or a step is long. Files are written whole or not at all.
    static void EndSoon(TextWriter error, string command) => new Thread(() =>
    {
        Thread.Sleep(patience);
        string advice = command switch
        {
            "train" => "Continue from the last checkpoint with --resume.",
            "sweep" or "embed" => "Rerun the same command to continue.",
            _ => "No partial output was written; rerun the same command.",
        };
        error.WriteLine($"uvl: stopped. {advice}");
        error.Flush();
        LastResort.Exit(ExitCodes.Interrupted);
    })
    { IsBackground = true }.Start();

    // Such as "data strokes ".
    static string CommandPath(SymbolResult found) => found is CommandResult { Parent: { } parent } command
        ? $"{CommandPath(parent)}{command.Command.Name} " : "";
}
