using Toolchain.Data;
using Toolchain.Data.Tensors;
using Toolchain.Export;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Training;
using Toolchain.Train.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Runs;

/// <summary>A method that learns step by step: the loop trains it, the tracer exports its encoder.</summary>
sealed record GradientMethod<TOptions>(string Name, string Summary, TOptions Options, Func<TOptions, GradientJob, IGradientTrainer> Create)
    : Method(Name, Summary, Options) where TOptions : GradientOptions
{
    // Of the model that training writes: the exporter's default.
    static int TrainedOpset => new OnnxExportOptions().Opset;

    internal override TrainedModel Train(RunFolder run, TrainingRequest request)
    {
        var options = (TOptions)request.Options;
        options.Check();
        var restarts = new Restarts(options, run, request, seed => Create(options, Job(request with { Seed = seed })));
        if (restarts.Select() is not int chosen)
        {
            return Export(run, request, TrainedOpset) with { Finished = false };
        }
        TrainingRequest rest = request with { Seed = chosen, Time = restarts.TimeLeft };
        using IGradientTrainer trainer = Create(options, Job(rest));
        int steps = new GradientLoop(trainer, options, run, rest, restarts.Rest).Run();
        return Export(trainer, request, TrainedOpset, steps, steps == options.StepCount);
    }

    internal override TrainedModel Export(RunFolder run, TrainingRequest request, int opset)
    {
        var options = (TOptions)request.Options;
        string checkpoint = FindCheckpoint(run);
        using IGradientTrainer trainer = Create(options, Job(request));
        int steps = Checkpoint.Load(checkpoint, trainer, run.ConfigSha256);
        return Export(trainer, request, opset, steps, steps == options.StepCount);
    }

    internal override int CopyCheckpoint(RunFolder from, RunFolder to, TrainingRequest request,
        IReadOnlyDictionary<string, TensorEntry> weights, string path)
    {
        string checkpoint = FindCheckpoint(from);
        using IGradientTrainer trainer = Create((TOptions)request.Options, Job(request));
        int steps = Checkpoint.Load(checkpoint, trainer, from.ConfigSha256), set = weights.Count;
        if (trainer is ITracedTrainer traced && weights.ContainsKey(TrainingGraph.StepCount)
            && !trainer.Encoder.state_dict().Keys.Any(weights.ContainsKey))
        {
            steps = Take(traced, weights, path);
        }
        else
        {
            set = Checkpoint.SetEncoder(trainer, weights, path);
        }
        Checkpoint.Save(to.LastCheckpoint, trainer, steps, to.ConfigSha256);
        return set;
    }

    static int Take(ITracedTrainer trainer, IReadOnlyDictionary<string, TensorEntry> state, string path)
    {
        try
        {
            return trainer.Take(state.ToDictionary(pair => pair.Key, pair => new TensorData(
                Enum.Parse<ElementType>(pair.Value.Kind.ToString()), pair.Value.Shape.ToArray(), pair.Value.Data)));
        }
        catch (GraphException error)
        {
            throw new CheckpointException($"'{path}': {error.Message}", error);
        }
    }

    internal override TracedStep? TraceStep(RunFolder run, TrainingRequest request)
    {
        string checkpoint = FindCheckpoint(run);
        using IGradientTrainer trainer = Create((TOptions)request.Options, Job(request));
        if (trainer is not ITracedTrainer traced)
        {
            return null;
        }
        int steps = Checkpoint.Load(checkpoint, trainer, run.ConfigSha256);
        trainer.Module.train();
        return new TracedStep(traced.Trace(steps), steps, traced.RateFormula, ((TOptions)request.Options).BatchSize);
    }

    internal override IGradientTrainer RestoreEncoder(RunFolder run, MethodOptions options, GradientJob job)
    {
        string checkpoint = FindCheckpoint(run);
        IGradientTrainer trainer = Create((TOptions)options, job);
        Checkpoint.LoadEncoder(checkpoint, trainer, run.ConfigSha256);
        return trainer;
    }

    static string FindCheckpoint(RunFolder run) => run.NewestCheckpoint
        ?? throw new InvalidDataException($"'{run.Path}': expected checkpoints/last.safetensors, found none; train the run first with "
            + $"--resume {run.Path}.");

    TrainedModel Export(IGradientTrainer trainer, TrainingRequest request, int opset, int steps, bool finished)
    {
        using var scope = NewDisposeScope();
        Tensor example = new GradientJob(request.Data, request.Seed, CPU)
            .Images([.. Enumerable.Range(0, Math.Min(2, request.Data.Count))]);
        trainer.Encoder.eval();
        ExportedDecoder? decoder = trainer.Decoder; // its examples come from the encoder, which leaves the device below
        TracedModel encoder = Trace(new(trainer.Encoder, [new("image", example)], trainer.Outputs, null), request, opset);
        string parity = ExportLine.Of(encoder.Prove());
        if (decoder is null)
        {
            return new TrainedModel(encoder.Model, parity, steps, finished, Printable.Count(steps, "step"));
        }
        TracedModel traced = Trace(new(decoder.Module, decoder.Inputs, decoder.Outputs, decoder.Name), request, opset);
        return new TrainedModel(encoder.Model, $"{parity}; {decoder.Name}: {ExportLine.Of(traced.Prove())}", steps, finished,
            Printable.Count(steps, "step"))
        { Decoder = new TrainedDecoder(decoder.Name, traced.Model) };
    }

    /// <summary>One of the models that a trainer exports.</summary>
    /// <param name="Module">What is exported.</param>
    /// <param name="Inputs">Its inputs with an example of each.</param>
    /// <param name="Outputs">Names of its outputs.</param>
    /// <param name="Decoder">Its name where it is a decoder; null for the encoder.</param>
    sealed record Part(nn.Module Module, IReadOnlyList<DecoderInput> Inputs, IReadOnlyList<string> Outputs, string? Decoder);

    TracedModel Trace(Part part, TrainingRequest request, int opset)
    {
        (nn.Module module, IReadOnlyList<DecoderInput> inputs, IReadOnlyList<string> outputs, string? decoder) = part;
        Dictionary<string, string> metadata = Provenance.Of(Name, request);
        if (decoder is not null)
        {
            metadata[ModelKeys.Decoder] = decoder;
        }
        module.to(CPU);
        module.eval();
        return OnnxExport.Trace(module, [.. inputs.Select(input => input.Example.cpu())], new OnnxExportOptions
        {
            Inputs = [.. inputs.Select(input =>
                new ExportInput(input.Name, [Axis.Batch(), .. input.Example.shape.Skip(1).Select(size => (Axis)size)]))],
            Outputs = outputs,
            Opset = opset,
            Half = request.Half,
            // Pixels are bytes, and a model that gives NaN for them fails the proof.
            KeepNaN = false,
            Name = decoder is null ? Name : $"{Name} {decoder}",
            Metadata = metadata,
            Runtimes = request.SecondRuntime is null ? [] : [request.SecondRuntime],
        });
    }

    static GradientJob Job(TrainingRequest request) => new(request.Data, request.Seed, request.Device, request.Threads);
}
