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
        string light = Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.Light");
        string program = File.Exists($"{light}.dll") ? light : Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli");
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? new ProcessStartInfo(Environment.ProcessPath!, [$"{program}.dll", .. words])
            : new ProcessStartInfo(OperatingSystem.IsWindows() ? $"{program}.exe" : program, words);
    }

    // Compiled ahead of time: one file, no dotnet.
    static bool IsCompiled => !RuntimeFeature.IsDynamicCodeSupported;
}
