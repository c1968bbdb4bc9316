using System.Text.Json;
using Toolchain.Data;

namespace Toolchain.Evaluate.Report;

/// <summary>What a training leaves beside its model: pictures and the course of its losses.</summary>
/// <param name="Pictures">PNG files of the folder <c>pictures</c> by name, of those named by their step only the last.</param>
/// <param name="Curves">Numbers of <c>metrics.jsonl</c> by name, evenly thinned, with their steps.</param>
public sealed record RunFiles(IReadOnlyList<(string Name, byte[] Png)> Pictures, IReadOnlyList<Curve> Curves)
{
    // More points than a curve is wide.
    const int MostPoints = 400;

    static readonly string[] notCurves = ["step", "epoch"];

    /// <summary>None.</summary>
    public static RunFiles None { get; } = new([], []);

    /// <summary>Those beside a model; a model that was copied away has none.</summary>
    /// <exception cref="InvalidDataException">A line of the losses is no JSON.</exception>
    public static RunFiles Beside(string model)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        return new RunFiles(PicturesOf(Path.Combine(folder, RunLayout.Pictures)), CurvesOf(Path.Combine(folder, RunLayout.Metrics)));
    }

    static (string, byte[])[] PicturesOf(string folder)
    {
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal)] : [];
        string? last = files.LastOrDefault(IsStep);
        return [.. files.Where(file => !IsStep(file) || file == last)
            .Select(file => (Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file)))];

        static bool IsStep(string file) => Path.GetFileName(file).StartsWith(RunLayout.StepPicture, StringComparison.Ordinal);
    }

    static Curve[] CurvesOf(string path)
    {
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        int stride = Math.Max(1, lines.Length / MostPoints);
        var curves = new Dictionary<string, List<(double, double)>>();
        for (int i = 0; i < lines.Length; i += stride)
        {
            foreach ((string name, double value) in Numbers(path, i, lines[i], out double step))
            {
                if (!curves.TryGetValue(name, out List<(double, double)>? curve))
                {
                    curves[name] = curve = [];
                }
                curve.Add((step, value));
            }
        }
        return [.. curves.Select(pair => new Curve(pair.Key, pair.Value))];
    }

    static List<(string Name, double Value)> Numbers(string path, int line, string text, out double step)
    {
        try
        {
            using JsonDocument entry = JsonDocument.Parse(text);
            step = entry.RootElement.GetProperty("step").GetDouble();
            return [.. entry.RootElement.EnumerateObject()
                .Where(property => property.Value.ValueKind == JsonValueKind.Number && !notCurves.Contains(property.Name))
                .Select(property => (property.Name, property.Value.GetDouble()))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}', line {line + 1}: expected an object in JSON with a step, found '{text}'; delete the "
                + "file to report without curves.", error);
        }
    }
}

/// <summary>A number over the steps of a training.</summary>
/// <param name="Name">As logged.</param>
/// <param name="Points">Steps and values.</param>
public sealed record Curve(string Name, IReadOnlyList<(double Step, double Value)> Points);
