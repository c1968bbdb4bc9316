using System.ComponentModel;
using System.Diagnostics;

namespace Toolchain.Deploy.Clusters;

/// <summary>A program of a cluster engine, such as sbatch.</summary>
static class EngineProgram
{
    /// <summary>How it ended.</summary>
    public readonly record struct End(int Status, string Output, string Error);

    /// <summary>Runs it to its end; null where there is none of that name.</summary>
    public static End? Run(string program, IEnumerable<string> words)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, words)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return new(process.ExitCode, output.Result, error.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
