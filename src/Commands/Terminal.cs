using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>
/// Output of a command: results on standard output (for people, or as JSON lines), messages and progress on standard error.
/// </summary>
public sealed class Terminal
{
    static readonly JsonSerializerOptions jsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    readonly TextWriter output, error;
    readonly bool json, quiet;
    readonly Invocation? invocation;
    readonly HashSet<string> notedOnce = [];
    ProgressLine? progress;

    /// <summary>The terminal of a parsed command line.</summary>
    public Terminal(ParseResult parsed)
    {
        invocation = parsed.InvocationConfiguration as Invocation;
        (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        (json, quiet) = (parsed.GetValue(GlobalOptions.Json), parsed.GetValue(GlobalOptions.Quiet));
    }

    /// <summary>A line of the result for people; with <c>--json</c> it goes to standard error.</summary>
    public void Line(string text = "") => (json ? error : output).WriteLine(Printable.Lines(text));

    /// <summary>A line that <c>--json</c> leaves out, because its events have the same content.</summary>
    public void ForPeople(string text)
    {
        if (!json)
        {
            Line(text);
        }
    }

    /// <summary>A message on standard error.</summary>
    public void Note(string text)
    {
        if (progress is ProgressLine line)
        {
            line.Above(() => error.WriteLine(Printable.Lines(text)));
        }
        else
        {
            error.WriteLine(Printable.Lines(text));
        }
    }

    /// <summary>A message that is not said again, such as the same of training and of test images.</summary>
    public void NoteOnce(string text)
    {
        if (notedOnce.Add(text))
        {
            Note(text);
        }
    }

    /// <summary>Announces a step of the work; silent with <c>--quiet</c>.</summary>
    public void Stage(string text)
    {
        if (!quiet)
        {
            Note(text);
        }
    }

    /// <summary>An event for programs, as one JSON line; silent without <c>--json</c>.</summary>
    /// <param name="name">What happened.</param>
    /// <param name="content">Names in snake_case.</param>
    public void Event(string name, JsonObject content)
    {
        if (json)
        {
            content.Insert(0, "event", name);
            output.WriteLine(content.ToJsonString());
        }
    }

    /// <summary>The same for any object, by reflection, which a program compiled ahead of time does not have.</summary>
    [RequiresUnreferencedCode("Reads the properties of an object that may have been trimmed; make a JsonObject.")]
    [RequiresDynamicCode("Makes code for an object's type; make a JsonObject.")]
    public void Event(string name, object content) => Event(name, JsonSerializer.SerializeToNode(content, jsonOptions)!.AsObject());

    /// <summary>Runs work in steps, such as a training: Ctrl-C waits for the end of a step, which is then saved.</summary>
    public void FinishingSteps(Action work)
    {
        invocation?.FinishesStep = true;
        try
        {
            work();
        }
        finally
        {
            invocation?.FinishesStep = false;
        }
    }

    /// <summary>Rows under a heading, columns aligned: the first to the left, the others to the right.</summary>
    public void Table(string[] heading, IEnumerable<string[]> rows)
    {
        string[][] all = [heading, .. rows];
        int[] widths = [.. heading.Select((_, column) => all.Max(row => row[column].Length))];
        foreach (string[] row in all)
        {
            Line(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])))
                .TrimEnd());
        }
    }

    /// <summary>The same, left out by <c>--json</c>, whose events have the same content.</summary>
    public void TableForPeople(string[] heading, IEnumerable<string[]> rows)
    {
        if (!json)
        {
            Table(heading, rows);
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> under a progress bar, or with a plain line every ten seconds where there is no terminal.
    /// </summary>
    /// <param name="title">Name of the work.</param>
    /// <param name="total">Units in all, such as images; 0 where that is not known.</param>
    /// <param name="unit">Name of the unit, for the speed.</param>
    /// <param name="work">Gets a function that takes the units done and a remark such as the loss.</param>
    /// <param name="limit">Time limit of the work; null for none.</param>
    public void WithProgress(string title, long total, string unit, Action<Action<long, string>> work, TimeSpan? limit = null)
    {
        if (quiet)
        {
            work((_, _) => { });
            return;
        }
        bool isTerminal = error is LastingWriter && !Console.IsErrorRedirected
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        using var line = new ProgressLine(error, isTerminal, title, total, new Pace(total, unit, limit));
        progress = line;
        try
        {
            work(line.Report);
        }
        finally
        {
            progress = null;
        }
    }
}
