using System.Text.Json;
using System.Text.Json.Serialization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;
using Toolchain.Inference;
using Toolchain.Train.Runs;

namespace Toolchain.Cli.Sweeps;

/// <summary>How the cells of a sweep are scored.</summary>
/// <param name="Test">Labelled test images.</param>
/// <param name="Probe">Whether a linear probe is trained as well.</param>
sealed record SweepScoring(ImageSet Test, bool Probe);

/// <summary>The accuracies of a cell of a sweep. Those of clusters use labels for scoring only.</summary>
/// <param name="Settings">Its key=value texts.</param>
/// <param name="Strict">Accuracy of as many k-means clusters as classes, one-to-one, on the test images, in [0..1].</param>
/// <param name="Poster">Accuracy under the poster's protocol, in [0..1]; null for data other than the ten digits.</param>
/// <param name="Linear">Accuracy of a linear probe, which learns with labels, in [0..1]; 0 where the sweep does not ask for it.</param>
sealed record SweepCell(IReadOnlyList<string> Settings, double Strict, double? Poster, double Linear = 0)
{
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    /// <summary>The figure that stands for the cell: of the poster's protocol, else of the strict one.</summary>
    [JsonIgnore]
    public double Headline => Poster ?? Strict;

    /// <summary>The cell in <paramref name="folder"/>, or null where it is not finished or was made with other settings.</summary>
    public static SweepCell? Read(string folder, IReadOnlyList<string> settings)
    {
        string path = Path.Combine(folder, RunLayout.Cell);
        if (!File.Exists(path))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<SweepCell>(File.ReadAllText(path)) is SweepCell cell && cell.Settings.SequenceEqual(settings)
                ? cell
                : throw new InvalidDataException($"'{path}': expected a cell with {string.Join(" ", settings)}, found another; name "
                + "another folder with --out.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}': expected a cell in JSON, found {JsonFault.Of(error)}; delete the file to "
                + "have the cell made anew.", error);
        }
    }

    /// <summary>
    /// Trains and scores the cell in <paramref name="folder"/>, with a linear probe where asked for; resumes what an interrupted sweep
    /// left there.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="request">What to train on, with the options of the cell.</param>
    /// <param name="folder">The folder of the cell.</param>
    /// <param name="settings">Its key=value texts.</param>
    /// <param name="scoring">How it is scored.</param>
    public static SweepCell Make(Method method, TrainingRequest request, string folder, IReadOnlyList<string> settings,
        SweepScoring scoring)
    {
        (ImageSet test, bool probe) = scoring;
        bool begun = File.Exists(Path.Combine(folder, RunLayout.Config));
        RunFolder run = begun ? RunFolder.Open(folder) : RunFolder.Create(folder);
        if (begun)
        {
            RunConfig.Read(run).Require(run, request);
        }
        if (!File.Exists(run.Manifest))
        {
            TrainingRun.Execute(method, run, request with { Resume = begun });
        }
        using EncoderSession session = EncoderSession.Open(run.Model, new EncoderOptions { Threads = request.Threads });
        var outputs = ModelOutputs.Of(session, request.Data, test, cancellation: request.Cancellation);
        var evaluation = new Evaluation(request.Data, test, new() { Seed = request.Seed, Threads = request.Threads });
        var cell = new SweepCell(settings, Accuracy(evaluation.StrictKMeans(outputs), test),
            evaluation.HasPoster ? Accuracy(evaluation.PosterOf(outputs), test) : null, probe ? evaluation.Linear(outputs) : 0);
        AtomicFile.WriteText(Path.Combine(folder, RunLayout.Cell), JsonSerializer.Serialize(cell, indented) + "\n");
        return cell;
    }

    static double Accuracy(EvaluationRow row, ImageSet test) =>
        row.Accuracy
        ?? throw new InvalidDataException($"'{test.Name}': expected labelled images to score the cells on, found none with labels.");
}
