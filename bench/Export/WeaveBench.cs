using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Toolchain.Export.Bench;

/// <summary>
/// What does the weaving add to a build, and to a training step? Woven and plain TorchSharp run in turns, in processes of their own.
/// </summary>
static class WeaveBench
{
    const int Builds = 7, Pairs = 15;

    public static void Run()
    {
        // Beside the output folder, on one disk with it: libtorch is linked, not copied.
        string here = AppContext.BaseDirectory.TrimEnd('/'), plain = $"{here}-plain", scratch = Directory.CreateTempSubdirectory().FullName;
        Start("cp", "-al", here, plain);
        try
        {
            string plainTorchSharp = Path.Combine(plain, "TorchSharp.dll");
            File.Delete(plainTorchSharp);
            File.Copy(Metadata("TorchSharp"), plainTorchSharp);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"build  {Median.Of(Enumerable.Range(0, Builds).Select(_ => Weave(scratch))):f2} s for weaving and mending, once for each "
                + $"TorchSharp version (median of {Builds})"));
            var pairs = Enumerable.Range(0, Pairs)
                .Select(i => i % 2 == 0 ? (Woven: Step(here), Plain: Step(plain)) : Swapped(Step(plain), Step(here))).ToArray();
            double[] ratios = [.. pairs.Select(pair => pair.Woven / pair.Plain).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"step   woven {Median.Of(pairs.Select(pair => pair.Woven)):f3} ms, plain {Median.Of(pairs.Select(pair => pair.Plain)):f3} "
                    + $"ms, ratio {Median.Of(ratios):f3} (median of {Pairs} pairs; middle half {ratios[Pairs / 4]:f3} to "
                    + $"{ratios[^(Pairs / 4 + 1)]:f3})"));
        }
        finally
        {
            Directory.Delete(plain, recursive: true);
            Directory.Delete(scratch, recursive: true);
        }
    }

    static (double Woven, double Plain) Swapped(double plain, double woven) => (woven, plain);

    static double Weave(string scratch)
    {
        var clock = Stopwatch.StartNew();
        Start("dotnet", "exec", Metadata("Weaver"), "mend", Metadata("TorchSharpNative"), Path.Combine(scratch, "libLibTorchSharp.so"));
        Start("dotnet", "exec", Metadata("Weaver"), "weave", Metadata("TorchSharp"), Path.Combine(scratch, "TorchSharp.dll"));
        return clock.Elapsed.TotalSeconds;
    }

    static double Step(string folder) =>
        double.Parse(Start("dotnet", Path.Combine(folder, "Toolchain.Export.Bench.dll"), "step"), CultureInfo.InvariantCulture);

    static string Metadata(string key) => typeof(WeaveBench).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(item => item.Key == key).Value!;

    static string Start(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"{program} {string.Join(" ", arguments)} ended with {process.ExitCode}.");
    }
}
