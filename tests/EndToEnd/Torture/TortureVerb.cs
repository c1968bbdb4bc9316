namespace Toolchain.EndToEnd.Torture;

/// <summary>A command that writes, and what it leaves.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Arguments">The command line that writes into a folder.</param>
/// <param name="Results">Its files in that folder.</param>
/// <param name="IsTraining">Whether a stopped run goes on with <c>--resume</c>.</param>
public sealed record TortureVerb(string Name, Func<string, string[]> Arguments, string[] Results, bool IsTraining = false)
{
    /// <summary>Whether each start takes the seconds that libtorch needs to load.</summary>
    public bool LoadsTorch => IsTraining || Name is "sweep" or "export";

    /// <summary>Whether it keeps what was finished before a fault, and goes on from there.</summary>
    public bool GoesOn => IsTraining || Name is "sweep";

    /// <summary>All of them.</summary>
    /// <param name="source">What they read.</param>
    /// <param name="steps">Steps of the training.</param>
    /// <param name="sweepOfFits">Whether the sweep is of a fit in place of a training: half the writes.</param>
    public static IReadOnlyList<TortureVerb> All(TortureSource source, int steps = 150, bool sweepOfFits = false)
    {
        string[] sweep = sweepOfFits ? ["gmm"]
            : ["autoencoder", "--set", $"stepCount={Math.Min(20, steps)}", "--set", "batchSize=32"];
        string option = sweepOfFits ? "componentCount" : "learningRate", values = sweepOfFits ? "2,3" : "0.001,0.002";
        string model = Path.Combine(source.Run, "model.onnx"); // known as the user's own, so that no trial doubles the time
        return
        [
            .. new[] { "npy", "csv", "parquet", "arrow" }.Select(format => new TortureVerb(
                $"embed {format}", folder =>
                ["embed", model, "--quiet", "--data", "strokes:3000", "--out", Path.Combine(folder, $"x.{format}")], [$"x.{format}"])),
            new("cluster", folder => ["cluster", model, "--quiet", "--data", "strokes:700", "--out", Path.Combine(folder, "c.onnx")],
                ["c.onnx"]),
            new("evaluate", folder =>
                ["evaluate", model, "--quiet", "--data", "strokes:100", "--tsne", "0", "--out", Path.Combine(folder, "e")],
                ["e/metrics.json", "e/report.md", "e/report.html"]),
            new("export", folder => ["export", source.Run, "--out", Path.Combine(folder, "m.onnx")], ["m.onnx"]),
            new("train kmeans", folder =>
                ["train", "kmeans", "--quiet", "--data", "strokes:700", "--threads", "1", "--out", Path.Combine(folder, "run")],
                ["run/model.onnx"], IsTraining: true),
            new("train autoencoder", folder => [.. Training(steps), "--out", Path.Combine(folder, "run")],
                ["run/model.onnx", "run/checkpoints/last.safetensors", "run/metrics.jsonl"], IsTraining: true),
            new("sweep", folder =>
                ["sweep", .. sweep, "--quiet", "--data", "strokes:120", "--threads", "1", "--grid", $"{option}={values}", "--out",
                    Path.Combine(folder, "s")],
                [.. values.Split(',').Select(value => $"s/grid/{option}={value}/cell.json"), "s/grid/sweep.md"]),
        ];
    }

    /// <summary>The command line that ends what a stopped run began in a folder.</summary>
    public string[] Again(string folder)
    {
        string[] words = Arguments(folder);
        string run = words[^1];
        return IsTraining && File.Exists(Path.Combine(run, "config.json")) && !File.Exists(Path.Combine(run, "manifest.json"))
            ? ["train", words[1], "--quiet", "--resume", run]
            : words;
    }

    /// <summary>Digest-like content of the results, for comparison.</summary>
    public byte[][] Read(string folder) => [.. Results.Select(name => File.ReadAllBytes(Path.Combine(folder, name)))];

    /// <summary>A short training, but for its folder.</summary>
    public static string[] Training(int steps) =>
        ["train", "autoencoder", "--quiet", "--data", "strokes:700", "--threads", "1", "--set", $"stepCount={steps}", "--set",
        "batchSize=32"];
}
