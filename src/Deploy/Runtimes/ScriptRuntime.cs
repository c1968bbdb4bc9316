using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Deploy.Bundles;

namespace Toolchain.Deploy.Runtimes;

/// <summary>A runtime that a script of the bundle's <c>check</c> folder uses, in a process of its own.</summary>
/// <param name="Script">Name of the script.</param>
/// <param name="Programs">What may run it, by preference.</param>
/// <param name="Probe">Words that make the program end with 0 where the runtime is there.</param>
/// <param name="Missing">What is missing otherwise.</param>
sealed record ScriptRuntime(string Script, IReadOnlyList<string> Programs, IReadOnlyList<string> Probe, string Missing)
{
    // The script's way to say that the runtime lacks an operator of the model.
    const int CannotRun = 3;

    static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    /// <summary>Whether it gets fewer images.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Folder of packages from npm; null where none is known.</summary>
    public string? NodeModules { get; init; }

    /// <summary>Runs it.</summary>
    /// <exception cref="RuntimeAbsentException">It is not there, or cannot run the model.</exception>
    public RuntimeOutputs Run(CheckedModel model, CancellationToken cancellation)
    {
        string program = Programs.FirstOrDefault(name => Start(name, Probe, cancellation) is { Status: 0 })
            ?? throw new RuntimeAbsentException($"not found: {Missing}");
        string output = Directory.CreateDirectory(Path.Combine(model.Folder, $"out-{Script}")).FullName;
        string script = Path.Combine(model.Bundle, BundleLayout.Checks, Script);
        (int status, string said) = Start(program, [script, model.Bundle, model.Data(IsSlow), output], cancellation)!.Value;
        return status == CannotRun ? throw new RuntimeAbsentException($"cannot run the model: {LastLine(said)}")
            : Read(output, status == 0 ? null : LastLine(said));
    }

    /// <summary>Reads what a script left.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="miss">What it found wrong; null where nothing.</param>
    public static RuntimeOutputs Read(string folder, string? miss)
    {
        string result = Path.Combine(folder, "result.json");
        if (!File.Exists(result))
        {
            return new("unknown", 0, 1, [], [], null, miss ?? "it wrote no result");
        }
        JsonNode said = JsonNode.Parse(File.ReadAllText(result))!;
        return new((string)said["version"]!, (int)said["images"]!, (double)said["seconds"]!, Values<float>("embedding"),
            Values<float>("probability"), File.Exists(Path.Combine(folder, "cluster")) ? Values<int>("cluster") : null, miss);

        T[] Values<T>(string name) where T : struct => Path.Combine(folder, name) is var path && File.Exists(path)
            ? MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(path)).ToArray() : [];
    }

    static string LastLine(string text) => Printable.Line(text.TrimEnd().Split('\n')[^1]);

    (int Status, string Said)? Start(string program, IEnumerable<string> words, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_PATH"] = NodeModules ?? "";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        try
        {
            using Process process = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(patience);
            try
            {
                Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token),
                    error = process.StandardError.ReadToEndAsync(limit.Token);
                process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
                return (process.ExitCode, $"{output.GetAwaiter().GetResult()}{error.GetAwaiter().GetResult()}");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return (1, $"it did not end within {patience.TotalMinutes:f0} minutes");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
