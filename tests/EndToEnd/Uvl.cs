using System.Diagnostics;
using System.Globalization;

namespace Toolchain.EndToEnd;

/// <summary>The tool as a process of its own, which can be stopped and killed.</summary>
sealed class Uvl : IDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromMinutes(5);
    readonly Process process;
    readonly Task<string> output, error;

    Uvl(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public static Uvl Start(params string[] arguments) => StartIn(AppContext.BaseDirectory, "Toolchain.Cli.dll", arguments);

    /// <summary>Starts with these environment variables.</summary>
    public static Uvl StartWith(Dictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = Of(AppContext.BaseDirectory, "Toolchain.Cli.dll", arguments);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        return new(start);
    }

    /// <summary>Starts with another current folder.</summary>
    public static Uvl StartFrom(string folder, params string[] arguments)
    {
        ProcessStartInfo start = Of(AppContext.BaseDirectory, "Toolchain.Cli.dll", arguments);
        start.WorkingDirectory = folder;
        return new(start);
    }

    /// <summary>Starts <paramref name="program"/>, which lies in <paramref name="folder"/>.</summary>
    public static Uvl StartIn(string folder, string program, params string[] arguments) => new(Of(folder, program, arguments));

    /// <summary>Runs to the end.</summary>
    public static CommandResult Run(params string[] arguments)
    {
        using Uvl uvl = Start(arguments);
        return uvl.Wait();
    }

    public void Signal(string name)
    {
        _ = SystemProgram.Run("kill", $"-{name}", process.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until <paramref name="path"/> has <paramref name="count"/> lines.</summary>
    public void WaitForLines(string path, int count)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(path) || File.ReadLines(path).Count() < count)
        {
            Assert.False(process.HasExited, process.HasExited ? $"ended before {count} lines: {error.Result}" : "");
            Assert.True(clock.Elapsed < patience, $"'{path}' has no {count} lines after {patience}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until <paramref name="path"/> has <paramref name="count"/> bytes.</summary>
    public void WaitForBytes(string path, long count)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(path) || new FileInfo(path).Length < count)
        {
            Assert.False(process.HasExited, process.HasExited ? $"ended before {count} bytes: {error.Result}" : "");
            Assert.True(clock.Elapsed < patience, $"'{path}' has no {count} bytes after {patience}");
            Thread.Sleep(1);
        }
    }

    /// <summary>Waits until that much has been computed.</summary>
    public void WaitForProcessorSeconds(double seconds)
    {
        var clock = Stopwatch.StartNew();
        while (!process.HasExited && process.TotalProcessorTime.TotalSeconds < seconds)
        {
            Assert.True(clock.Elapsed < patience, $"no {seconds} seconds of a processor after {patience}");
            Thread.Sleep(20);
            process.Refresh();
        }
        Assert.False(process.HasExited, process.HasExited ? $"ended before {seconds} seconds: {error.Result}" : "");
    }

    public CommandResult Wait()
    {
        Assert.True(process.WaitForExit(patience), "still running");
        return new(process.ExitCode, output.Result, error.Result);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
        process.Dispose();
    }

    // A shell starts what it puts into the background with SIGINT ignored, and children inherit that: here it means what it does elsewhere.
    static ProcessStartInfo Of(string folder, string program, string[] arguments)
    {
        string[] words = ["dotnet", Path.Combine(folder, program), .. arguments];
        ProcessStartInfo start = OperatingSystem.IsLinux() ? new("env", ["--default-signal=INT", .. words]) : new(words[0], words[1..]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        return start;
    }
}
