using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Toolchain.Export.Tracing;
using static TorchSharp.torch;

namespace Toolchain.Export.Bench;

/// <summary>
/// How long does the export of a network take, proof included, and how much memory beside that of the module? One network a process.
/// </summary>
static class ExportBench
{
    /// <param name="bench">The network.</param>
    /// <param name="proofSeconds">Time of trace and proof together; null for the default.</param>
    public static void Run(BenchNet bench, double? proofSeconds)
    {
        manual_seed(1);
        using nn.Module<Tensor, Tensor> net = bench.Make();
        net.eval();
        using Tensor example = bench.Example();
        Print($"forward  {Forward(net, example):f1} s, then {Forward(net, example):f1} s for the example in TorchSharp");
        long idle = StartPeak();
        _ = Forward(net, example);
        double activations = Memory("VmHWM") - idle;
        string folder = Directory.CreateTempSubdirectory("export-bench").FullName, path = Path.Combine(folder, "model.onnx");
        var options = new OnnxExportOptions { Inputs = [new("input", bench.Axes)], Outputs = ["output"] };
        options = proofSeconds is double given ? options with { ProofSeconds = given } : options;
        try
        {
            long before = StartPeak();
            double processor = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
            var clock = Stopwatch.StartNew();
            TracedModel traced = OnnxExport.Trace(net, example, options);
            Print($"trace    {clock.Elapsed.TotalSeconds:f1} s, peak {(Memory("VmHWM") - before) / 1e6:f0} MB");
            ExportReport report = traced.Save(path);
            double seconds = clock.Elapsed.TotalSeconds, peak = Memory("VmHWM") - before;
            processor = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds - processor;
            Print($"export   {bench.Name}: {seconds:f1} s, {processor:f1} processor seconds, {report.Parameters / 1e6:f1} M parameters");
            Print($"file     {report.Bytes / 1e6:f1} MB, peak {peak / 1e6:f0} MB = {peak / report.Bytes:f2} x the file");
            Print($"memory   {activations / 1e6:f0} MB for one pass of the example in TorchSharp; without it {(peak - activations)
                / report.Bytes:f2} x the file");
            Print($"runtimes {string.Join("; ", report.Runtimes)}");
            Print($"proven   {report.Proven.Count} sizes: {string.Join("; ", report.Proven)}");
            Print($"left     {report.NotProven.Count} sizes: {string.Join("; ", report.NotProven)}");
            Print($"refused  {report.RefusedByModule.Count} sizes: {string.Join("; ", report.RefusedByModule)}");
            foreach (IGrouping<string, OutputError> runtime in report.Errors.GroupBy(error => error.Runtime))
            {
                (double error, double scale) = (runtime.Max(item => item.MaxAbsolute), runtime.Max(item => item.Largest));
                Print($"error    {runtime.Key}: {runtime.Count()} sizes, largest {error:g2} of {scale:g2}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    static long StartPeak()
    {
        GC.Collect();
        // What libtorch freed and the C library keeps would hide what comes.
        _ = malloc_trim(0);
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Memory("VmRSS");
    }

    [DllImport("libc.so.6")]
    static extern int malloc_trim(nuint pad);

    static double Forward(nn.Module<Tensor, Tensor> net, Tensor example)
    {
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        net.call(example);
        return clock.Elapsed.TotalSeconds;
    }

    // Bytes by /proc/self/status.
    static long Memory(string key) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
