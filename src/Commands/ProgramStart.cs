using System.Diagnostics;
using System.Runtime.CompilerServices;
using Toolchain.Inference.Trials;

namespace Toolchain.Commands;

/// <summary>Starts this program again in a child process.</summary>
public static class ProgramStart
{
    /// <summary>Trials of models that commands are given, in a child that loads no libtorch.</summary>
    public static ModelTrial Trial { get; } = new(Child, KnownModels.OfUser);

    /// <summary>This program with other arguments.</summary>
    public static ProcessStartInfo Same(IEnumerable<string> words) =>
        IsCompiled || Path.GetFileNameWithoutExtension(Environment.ProcessPath!) != "dotnet"
        ? new ProcessStartInfo(Environment.ProcessPath!, words)
        : new ProcessStartInfo(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], .. words]);

    static ProcessStartInfo Child(IReadOnlyList<string> words)
    {
        if (IsCompiled)
        {
            return new ProcessStartInfo(Environment.ProcessPath!, words);
        }
        // The first that is there: the full tool's folder has the light one too, which starts sooner.
        string program = programs.Select(name => Path.Combine(AppContext.BaseDirectory, name)).First(path => File.Exists($"{path}.dll"));
        string executable = OperatingSystem.IsWindows() ? $"{program}.exe" : program;
        // An installed tool has no executable beside its library: the system's command starts it.
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? new ProcessStartInfo(Environment.ProcessPath!, [$"{program}.dll", .. words])
            : new ProcessStartInfo(File.Exists(executable) ? executable : Environment.ProcessPath!, words);
    }

    static readonly string[] programs = ["Toolchain.Cli.Light", "Toolchain.Cli.Tool", "Toolchain.Cli"];

    // Compiled ahead of time: one file, no dotnet.
    static bool IsCompiled => !RuntimeFeature.IsDynamicCodeSupported;
}
