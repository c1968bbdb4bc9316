using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Toolchain.Export.Tracing;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>What an export takes at most beside the module, measured in a process of its own.</summary>
public sealed class PeakMemoryTests : IDisposable
{
    const string Result = "UVL_PEAK_MEMORY_RESULT";

    // Of the weights; docs/benchmarks/export.md has measured networks.
    const double Most = 2.5;

    const int Width = 2048, Layers = 12;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>12 matrices of 2048 x 2048, 201 MB: on inputs of three axes they are transposed, and activations are small.</summary>
    [Fact, Trait("Category", "Slow")]
    public void Save_LargeWeights_PeaksBelowTheBound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "peak memory is read from /proc");
        if (Environment.GetEnvironmentVariable(Result) is string wanted)
        {
            File.WriteAllText(wanted, Measured().ToString("R", CultureInfo.InvariantCulture)); // in the process below
            return;
        }
        string result = folder["result"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Environment.GetCommandLineArgs()[..1],
            "--filter-method", "*." + nameof(Save_LargeWeights_PeaksBelowTheBound)]);
        start.Environment[Result] = result;

        CommandResult run = SystemProgram.Run(start);

        Assert.True(File.Exists(result), run.ToString());
        Assert.InRange(double.Parse(File.ReadAllText(result), CultureInfo.InvariantCulture), 1, Most);
    }

    double Measured()
    {
        manual_seed(1);
        using var net = nn.Sequential([.. Enumerable.Range(0, Layers).Select(i => ($"{i}", (nn.Module<Tensor, Tensor>)nn.Linear(Width,
            Width)))]);
        net.eval();
        using Tensor example = rand(2, 3, Width);
        net.call(example).Dispose();
        _ = malloc_trim(0);
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak starts again
        long before = Memory("VmRSS");

        ExportReport report = OnnxExport.Trace(net, example,
            new OnnxExportOptions { Runtimes = [OrtRuntime.Create()], ProofSizes = [1, 3], ProofSeconds = 20 })
            .Save(folder["model.onnx"]);

        Assert.Equal([ExportReport.Oracle, OrtRuntime.Create().Name], report.Runtimes);
        return (double)(Memory("VmHWM") - before) / report.Bytes;
    }

    // Bytes by /proc/self/status.
    static long Memory(string key) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);

    [DllImport("libc.so.6")]
    static extern int malloc_trim(nuint pad);
}
