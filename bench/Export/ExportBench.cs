using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Toolchain.Evaluate;
using static TorchSharp.torch;

namespace Toolchain.Export.Bench;

/// <summary>How long does the export of a ResNet-50 at 224x224 take, proof included, and how much memory beside that of the module?</summary>
static class ExportBench
{
    // The trace runs the module at batches 2 and 5.
    const int LargestTraced = 5;

    public static void Run(bool withRuntime)
    {
        manual_seed(1);
        using var net = new ResNet50();
        net.eval();
        using Tensor example = rand(2, 3, 224, 224);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"forward  {Forward(net, example):f1} s, then {Forward(net, example):f1} s for 2 images in TorchSharp"));
        string path = Path.Combine(Path.GetTempPath(), $"resnet50-{Environment.ProcessId}.onnx");
        var options = new OnnxExportOptions
        {
            Inputs = [new("image", Axis.Named("N"), 3, 224, 224)],
            Outputs = ["score"],
            Runtimes = withRuntime ? [new ParityRuntime("ONNX Runtime", OnnxRuntimeCheck.Run)] : [],
        };
        long before = StartPeak();
        using (Tensor largest = rand(LargestTraced, 3, 224, 224))
        {
            _ = Forward(net, largest);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pass     peak {(Memory("VmHWM") - before) / 1e6:f0} MB for {LargestTraced} images in TorchSharp alone"));
        before = StartPeak();
        var clock = Stopwatch.StartNew();
        TracedModel traced = OnnxExport.Trace(net, example, options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trace    {clock.Elapsed.TotalSeconds:f1} s, peak {(Memory("VmHWM") - before) / 1e6:f0} MB"));
        ExportReport report = traced.Save(path);
        double seconds = clock.Elapsed.TotalSeconds, peak = Memory("VmHWM") - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"export   {seconds:f1} s, {report.Parameters / 1e6:f1} M parameters, file {report.Bytes / 1e6:f1} MB, peak {peak / 1e6:f0} MB = {peak / report.Bytes:f2} x the file"));
        Console.WriteLine($"proof    {string.Join("; ", report.Errors.Select(error => string.Create(CultureInfo.InvariantCulture, $"{error.Runtime} at {error.Size}: {error.MaxAbsolute:g2}")))}");
        File.Delete(path);
    }

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

    static double Forward(ResNet50 net, Tensor example)
    {
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        net.call(example);
        return clock.Elapsed.TotalSeconds;
    }

    // Bytes by /proc/self/status.
    static long Memory(string key) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
