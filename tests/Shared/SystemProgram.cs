using System.Diagnostics;

namespace Toolchain.Tests;

/// <summary>Programs of the system that tests start.</summary>
static class SystemProgram
{
    /// <summary>Runs a program of the path to its end.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is none of that name.</exception>
    public static CommandResult Run(string program, params string[] arguments) => Run(new ProcessStartInfo(program, arguments));

    /// <summary>Runs a program to its end, with <paramref name="input"/> as its standard input where that is not null.</summary>
    public static CommandResult Run(ProcessStartInfo start, string? input = null)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, input is not null);
        using var process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        process.WaitForExit();
        return new(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs a script in bash.</summary>
    public static CommandResult Bash(string script) => Run("bash", "-c", script);
}
