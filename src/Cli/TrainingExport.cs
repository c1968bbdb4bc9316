using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Graph.Files;
using Toolchain.Train.Runs;
using Toolchain.Tuning;

namespace Toolchain.Cli;

/// <summary><c>uvl export --training</c>: a step of a training as a model for other runtimes.</summary>
/// <param name="terminal">Where to say what was written.</param>
/// <param name="source">A model, or a run.</param>
/// <param name="folder">Where to write.</param>
sealed class TrainingExport(Terminal terminal, string? source, string? folder)
{
    /// <summary>
    /// Whether a finished encoder is tuned, as <c>uvl tune</c> does; otherwise a run continues its own method, of which only those with
    /// a checkpoint know anything.
    /// </summary>
    /// <param name="classes">Classes to learn from labels; null for none.</param>
    public bool IsOfEncoder(int? classes) => source is null || classes is not null
        || !File.Exists(Path.Combine(source, RunLayout.Checkpoints, RunLayout.LastCheckpoint));

    /// <summary>Writes the tuning of an encoder.</summary>
    /// <param name="classes">Classes to learn from labels; null for momentum contrast.</param>
    /// <exception cref="ArgumentException">Source or folder is missing.</exception>
    public void WriteOfEncoder(int? classes)
    {
        TrainingFolder.Write(OnnxFile.Load(CommonOptions.ModelFile(Required(source))), classes, Required(folder));
        Say("an encoder", classes);
    }

    /// <summary>Writes the training of a run.</summary>
    /// <exception cref="ArgumentException">The folder is missing, or no graph makes the method's step.</exception>
    public void WriteOfRun(Method method, RunFolder run, TrainingRequest request)
    {
        if (method.TraceStep(run, request) is not TracedStep step)
        {
            throw new ArgumentException($"--training: expected a run of moco, or a model to tune, found a run of {method.Name}, whose own "
                + $"step no graph makes; name {Printable.Word(run.Model)} for momentum contrast of its encoder.");
        }
        TrainingFolder.Write(step.Training, new(
            $"the training of a run of `{method.Name}`, with the run's options. The state begins after the {Count(step.Steps)} "
                + "that it made",
            step.RateFormula, $"""
            A batch of the run has {step.BatchSize} images. The state holds all that the training carries: weights, moments, statistics,
            keys. To go on with TorchSharp, keep it by `safetensors.numpy.save_file(state, "state.safetensors")`, then
            `uvl export RUN --weights state.safetensors --out BACK` and `uvl train --resume BACK`.
            """), Required(folder));
        Say($"run, after {Count(step.Steps)}", null);
    }

    void Say(string of, int? classes)
    {
        terminal.Line($"training of {of}: {Path.Combine(folder!, "training.onnx")}; its README says how to run it");
        terminal.Event("training", new { Path = folder, Classes = classes });
    }

    static string Count(int steps) => Printable.Count(steps, "step");

    static string Required(string? value) => value ?? throw new ArgumentException("--training: expected a run or model and --out FOLDER, "
        + "such as 'uvl export models/moco --training --out step'.");
}
