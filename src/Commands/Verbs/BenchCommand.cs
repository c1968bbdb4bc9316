using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl bench [MODEL...]</c>: what models cost on this machine.</summary>
static class BenchCommand
{
    // Enough for a steady speed in about a second; drawn digits, since pixels do not change the time.
    const int Images = 6_400, Latencies = 200;

    static readonly int[] batchSizes = [1, 16, 64, 256];

    public static Command Create()
    {
        var models = new Argument<string[]>("MODEL")
        {
            Description = "Models or their folders; by default every model.onnx in models.",
            Arity = ArgumentArity.ZeroOrMore
        };
        var device = new CommonOptions().Device;
        var command =
            new Command("bench", "Measure models on this machine: cold start, latency of one image, images per second by batch size and "
            + "threads, peak memory.\n\nExample: uvl bench runs/quick/moco/model.onnx")
        {
            models, device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string[] paths = parsed.GetValue(models) is { Length: > 0 } given ? [.. given.Select(CommonOptions.ModelFile)]
                : Directory.Exists("models")
                ? [.. Directory.GetFiles("models", RunLayout.Model, SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];
            if (paths.Length == 0)
            {
                throw new FileNotFoundException("'models': expected a model.onnx in it, found none; name a MODEL.");
            }
            foreach (string path in paths) // before any is measured
            {
                EncoderSession.Open(path, new() { Device = parsed.GetValue(device), Threads = 1, Trial = ProgramStart.Trial }).Dispose();
            }
            foreach (string path in paths)
            {
                cancellation.ThrowIfCancellationRequested();
                Measure(terminal, path, parsed.GetValue(device), cancellation);
            }
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static void Measure(Terminal terminal, string path, ComputeDevice device, CancellationToken cancellation)
    {
        terminal.Stage($"measuring {path}");
        var result = new JsonObject { ["path"] = path };
        using (EncoderSession session = EncoderSession.Open(path, new() { Device = device, Threads = 1, Trial = ProgramStart.Trial }))
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{path}, {session.SizeBytes:n0} bytes, {session.Device}"));
            double[] latencies = [.. SessionBench.Latencies(session, Latencies)];
            (result["latency_p50_ms"], result["latency_p95_ms"]) = (latencies[Latencies / 2], latencies[Latencies * 95 / 100]);
        }
        (double coldStart, long peak) = Child(path, device);
        (result["cold_start_ms"], result["peak_bytes"]) = (coldStart, peak);
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  cold start, process to first vector written  {coldStart:f0} ms"));
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  peak memory of a run                         {peak / 1048576.0:f0} "
            + $"MiB"));
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  latency of one image                         p50 "
            + $"{(double)result["latency_p50_ms"]!:f3} ms, p95 {(double)result["latency_p95_ms"]!:f3} ms"));
        int[] threads = [.. new[] { 1, 2, Environment.ProcessorCount }.Where(count => count <= Environment.ProcessorCount).Distinct()];
        var rows = new List<string[]>();
        var speeds = new JsonArray();
        foreach (int batchSize in batchSizes)
        {
            string[] cells = [.. threads.Select(count =>
            {
                double speed = SessionBench.ImagesPerSecond(path, device, batchSize, count, batchSize == 1 ? Images / 4 : Images,
                    cancellation);
                speeds.Add((JsonNode)new JsonObject { ["batch"] = batchSize, ["threads"] = count, ["images_per_second"] = speed });
                return speed.ToString("n0", CultureInfo.InvariantCulture);
            })];
            rows.Add([$"  images/s at batch {batchSize}", .. cells]);
        }
        terminal.Table(["", .. threads.Select(count => $"{count} thread{(count == 1 ? "" : "s")}")], rows);
        result["speeds"] = speeds;
        terminal.Event("bench", result);
    }

    // This program again, as a user starts it: one image for the cold start (the best of three), then many for the peak.
    static (double ColdStart, long Peak) Child(string model, ComputeDevice device)
    {
        string folder = Directory.CreateTempSubdirectory("uvl-bench-").FullName;
        try
        {
            double coldStart = Enumerable.Range(0, 3).Min(_ => Run(model, device, "strokes:1", folder).Milliseconds);
            return (coldStart, Run(model, device, $"strokes:{Images}", folder).Peak);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static (double Milliseconds, long Peak) Run(string model, ComputeDevice device, string data, string folder)
    {
        string[] words = ["embed", model, "--quiet", "--json", "--data", data, "--device", $"{device}", "--out",
            Path.Combine(folder, "bench.npy")];
        ProcessStartInfo start = ProgramStart.Same(words);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var clock = Stopwatch.StartNew();
        using var child = Process.Start(start)!;
        string said = child.StandardOutput.ReadToEnd(), complaint = child.StandardError.ReadToEnd();
        child.WaitForExit();
        double milliseconds = clock.Elapsed.TotalMilliseconds;
        if (child.ExitCode != 0)
        {
            throw new CheckFailedException($"'{model}': expected 'uvl embed' to end with 0, found {child.ExitCode}: "
                + $"{complaint.Split('\n')[0]}");
        }
        using JsonDocument embedded = JsonDocument.Parse(said);
        return (milliseconds, embedded.RootElement.GetProperty("peak_bytes").GetInt64());
    }
}
