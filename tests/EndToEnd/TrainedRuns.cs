using Toolchain.Cli.Commands;
using Toolchain.EndToEnd;

[assembly: AssemblyFixture(typeof(TrainedRuns))]

namespace Toolchain.EndToEnd;

/// <summary>Finished runs that tests begin with, each trained when a test first asks for it.</summary>
public sealed class TrainedRuns : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly Dictionary<string, string> runs = [];

    /// <summary>Puts a copy of a run where a test may change it.</summary>
    /// <param name="target">The folder to make.</param>
    /// <param name="training">The command line of its training, but for its folder.</param>
    public string Copy(string target, params string[] training)
    {
        string key = string.Join(' ', training);
        lock (runs)
        {
            if (!runs.TryGetValue(key, out string? run))
            {
                run = folder[$"{runs.Count}"];
                var error = new StringWriter();
                Assert.True(UvlCommand.Create().Run([.. training, "--out", run], TextWriter.Null, error) == 0, error.ToString());
                runs[key] = run;
            }
            return TemporaryFolder.Copy(run, target);
        }
    }

    /// <summary>Deletes them.</summary>
    public void Dispose() => folder.Dispose();
}
