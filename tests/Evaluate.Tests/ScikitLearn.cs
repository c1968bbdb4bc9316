using System.Diagnostics;
using System.Text.Json;

namespace Toolchain.Evaluate.Tests;

/// <summary>Runs a script with the first Python that has scikit-learn; without one the test is skipped.</summary>
static class ScikitLearn
{
    /// <param name="script">A file beside the tests.</param>
    /// <param name="lines">What it reads from standard input.</param>
    /// <returns>The lines that it prints, each as JSON.</returns>
    public static JsonElement[] Run(string script, IEnumerable<string> lines)
    {
        using var python =
            Process.Start(new ProcessStartInfo("/usr/bin/env", ["bash", "-c", "for p in /usr/bin/python3 python3; do $p -c 'import sys, "
            + "importlib.util as u; sys.exit(u.find_spec(\"sklearn\") is None)' 2>/dev/null && exec $p \"$0\"; done; exit 77",
                Path.Combine(AppContext.BaseDirectory, script)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        Task<string> output = python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            foreach (string line in lines)
            {
                python.StandardInput.WriteLine(line);
            }
            python.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended at once: there is no scikit-learn, as its exit status says.
        }
        python.WaitForExit();
        Assert.SkipWhen(python.ExitCode == 77, "scikit-learn is not installed (Debian: python3-sklearn)");
        Assert.Equal(0, python.ExitCode);
        return [.. output.Result.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
