using System.Globalization;

namespace Toolchain.Commands;

/// <summary>
/// Progress of one piece of work on standard error: a bar on a terminal, redrawn in place; elsewhere a plain line at most every ten
/// seconds. A timer keeps it alive during long steps.
/// </summary>
sealed class ProgressLine : IDisposable
{
    const int BarWidth = 24, DrawMilliseconds = 100;

    // Clears the line and returns to its start; colours of the bar: green, and the terminal's own.
    const string Clear = "\r\u001b[2K", Green = "\u001b[32m", Plain = "\u001b[0m";

    readonly TextWriter error;
    readonly string title;
    readonly long total;
    readonly Pace pace;
    readonly bool isTerminal, hasColour;
    readonly Timer timer;
    readonly Lock gate = new();
    long done, drawn = -1;
    string remark = "";
    bool isEnded, isShown;

    /// <param name="error">Standard error.</param>
    /// <param name="isTerminal">Whether standard error is a terminal.</param>
    /// <param name="title">Name of the work.</param>
    /// <param name="total">Units of the whole work; 0 where that is not known.</param>
    /// <param name="pace">Its speed and time.</param>
    public ProgressLine(TextWriter error, bool isTerminal, string title, long total, Pace pace)
    {
        (this.error, this.isTerminal, this.title, this.total, this.pace) = (error, isTerminal, title, total, pace);
        hasColour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        timer = new Timer(_ => Draw(), null, isTerminal ? 0 : 1000, isTerminal ? DrawMilliseconds : 1000);
    }

    /// <summary>What was done so far.</summary>
    public void Report(long done, string remark)
    {
        lock (gate)
        {
            (this.done, this.remark) = (done, remark);
            pace.Note(done);
        }
        if (!isTerminal || done >= total)
        {
            Draw();
        }
    }

    /// <summary>Writes a message above the bar.</summary>
    public void Above(Action write)
    {
        lock (gate)
        {
            error.Write(isShown ? Clear : "");
            (isShown, drawn) = (false, -1);
            write();
        }
    }

    void Draw()
    {
        lock (gate)
        {
            if (isEnded)
            {
                return;
            }
            if (!isTerminal)
            {
                if (pace.IsDue(done))
                {
                    error.WriteLine($"{title}: {pace.State(done)}{(remark == "" ? "" : $", {remark}")}");
                }
                return;
            }
            // Redrawn every second where nothing was reported.
            long version = done * 1_000_000 + pace.ElapsedSeconds;
            if (version != drawn)
            {
                error.Write(Clear + Text(Math.Max(20, Console.WindowWidth - 1)));
                error.Flush();
                (isShown, drawn) = (true, version);
            }
        }
    }

    string Text(int width)
    {
        string state = done == 0 && pace is { HasUnit: true, ElapsedSeconds: >= 2 }
            ? string.Create(CultureInfo.InvariantCulture, $"{pace.State(0)}, {pace.ElapsedSeconds} s")
            : pace.State(done);
        string words = $"{title}  {state}{(remark == "" ? "" : $"  {remark}")}";
        if (total == 0 || width < BarWidth + 40)
        {
            words = words.Length <= width ? words : state;
            return words.Length <= width ? words : words[..width];
        }
        int filled = (int)Math.Clamp(BarWidth * done / Math.Max(1, total), 0, BarWidth), room = width - BarWidth - 1;
        string bar = new string('━', filled), rest = new string('─', BarWidth - filled);
        return $"{(hasColour ? Green + bar + Plain : bar)}{rest} {(words.Length <= room ? words : words[..room])}";
    }

    /// <summary>Draws the last state and ends the line.</summary>
    public void Dispose()
    {
        Draw();
        lock (gate)
        {
            isEnded = true;
            if (isShown)
            {
                error.WriteLine();
            }
        }
        timer.Dispose();
    }
}
