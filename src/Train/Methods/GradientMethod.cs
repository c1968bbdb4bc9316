using System.Globalization;
using Toolchain.Export;
using Toolchain.Train.Models;
using Toolchain.Train.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Methods;

/// <summary>A method that learns step by step: the loop trains it, the tracer exports its encoder.</summary>
sealed record GradientMethod<TOptions>(string Name, string Summary, TOptions Options, Func<TOptions, GradientJob, IGradientTrainer> Create)
    : Method(Name, Summary, Options) where TOptions : GradientOptions
{
    public override TrainedModel Train(RunFolder run, TrainingRequest request)
    {
        var options = (TOptions)request.Options;
        options.Check();
        using IGradientTrainer trainer = Create(options, Job(request));
        int steps = new GradientLoop(trainer, options, run, request).Run();
        return Export(trainer, request, 17, steps, steps == options.StepCount);
    }

    public override TrainedModel Export(RunFolder run, TrainingRequest request, int opset)
    {
        var options = (TOptions)request.Options;
        using IGradientTrainer trainer = Restore(run, options, Job(request), out int steps);
        return Export(trainer, request, opset, steps, steps == options.StepCount);
    }

    public override IGradientTrainer Restore(RunFolder run, MethodOptions options, GradientJob job) => Restore(run, (TOptions)options, job, out _);

    IGradientTrainer Restore(RunFolder run, TOptions options, GradientJob job, out int steps)
    {
        if (!File.Exists(run.LastCheckpoint))
        {
            throw new InvalidDataException($"'{run.Path}': expected checkpoints/last.safetensors, found none; train the run first with --resume {run.Path}.");
        }
        IGradientTrainer trainer = Create(options, job);
        steps = Checkpoint.Load(run.LastCheckpoint, trainer);
        return trainer;
    }

    TrainedModel Export(IGradientTrainer trainer, TrainingRequest request, int opset, int steps, bool finished)
    {
        using var scope = NewDisposeScope();
        nn.Module encoder = trainer.Encoder;
        encoder.to(CPU);
        encoder.eval();
        Tensor example = new GradientJob(request.Digits, request.Seed, CPU).Images([.. Enumerable.Range(0, Math.Min(2, request.Digits.Count))]);
        TracedModel traced = OnnxExport.Trace(encoder, example, new OnnxExportOptions
        {
            Inputs = [new("image", Axis.Named("N"), 1, 28, 28)],
            Outputs = trainer.Outputs,
            Opset = opset,
            Half = request.Half,
            Name = Name,
            Metadata = Provenance.Of(Name, request),
            Runtimes = request.SecondRuntime is null ? [] : [request.SecondRuntime],
        });
        return new TrainedModel(traced.Model, Describe(traced.Prove()), steps, finished, $"{steps} steps");
    }

    static string Describe(ExportReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(" and ", report.Runtimes)} agree with TorchSharp at batches {string.Join(", ", report.Sizes)}, largest error {report.Errors.Max(error => error.MaxAbsolute):g2}, allowed {report.AbsoluteTolerance:g2}");

    static GradientJob Job(TrainingRequest request) => new(request.Digits, request.Seed, request.Device, request.Threads);
}
