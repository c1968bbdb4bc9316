using System.Diagnostics;
using System.Runtime.InteropServices;
using Toolchain.Export.Conversion;
using Toolchain.Export.Converters;
using Toolchain.Export.Parity;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using TorchSharp;

namespace Toolchain.Export.Tracing;

/// <summary>
/// Exports TorchSharp modules as ONNX. The module is run on examples of several sizes of the named axes, and every native operator that it
/// calls is recorded and turned into nodes; nothing is passed through. What cannot be expressed is refused, all of it at once.
/// </summary>
public static partial class OnnxExport
{
    // Bytes of results from which further traces take small sizes.
    const long LargeTrace = 64L << 20;

    // Recordings with other values where sizes depend on values.
    const int OtherValues = 3;

    /// <summary>Traces <paramref name="module"/> with one input.</summary>
    /// <param name="module">A module in evaluation mode.</param>
    /// <param name="example">An input with values like those of real data; its first axis is the batch.</param>
    /// <param name="options">Names, opset, tolerance; null for the defaults.</param>
    /// <exception cref="ExportException">The module is in training mode, or something in it cannot be expressed; the message lists
    /// everything.</exception>
    public static TracedModel Trace(torch.nn.Module module, torch.Tensor example, OnnxExportOptions? options = null) =>
        Trace(module, [example ?? throw new ArgumentNullException(nameof(example))], options);

    /// <summary>Traces <paramref name="module"/> with any number of inputs.</summary>
    /// <param name="module">A module in evaluation mode.</param>
    /// <param name="examples">
    /// Tensors for the arguments of its <c>forward</c>, from left to right: one for a tensor, one for each item of a tuple, all that are
    /// left over for an array or list; null where an optional argument is left out. Arguments behind them take their defaults.
    /// </param>
    /// <param name="options">Names, opset, tolerance; null for the defaults.</param>
    /// <exception cref="ExportException">The module is in training mode, or something in it cannot be expressed; the message lists
    /// everything.</exception>
    public static TracedModel Trace(torch.nn.Module module, IReadOnlyList<torch.Tensor?> examples, OnnxExportOptions? options = null)
    {
        options ??= new OnnxExportOptions();
        long start = Stopwatch.GetTimestamp();
        ExampleInputs inputs = Prepare(module, examples, options);
        using var kept = new KeptBuffers(module);
        (GraphConversion conversion, OnnxModel? model, IReadOnlyList<string> outputs) = Convert(module, inputs, options, kept);
        if (model is null)
        {
            IReadOnlyList<ExportStep> obstacles = new ExportPlan(conversion.Steps).Obstacles;
            throw new ExportException($"module '{module.GetType().Name}' cannot be exported, {obstacles.Count} "
                + $"obstacle{(obstacles.Count == 1 ? "" : "s")}:{string.Concat(obstacles.Select(step => $"\n  {step}"))}");
        }
        _ = GraphChecker.Check(model);
        var traced = new TracedModule(model, module, inputs, outputs, options)
        {
            ValueNames = conversion.ValueNames,
            TraceSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        return new TracedModel(traced) { DropsNaN = conversion.DropsNaN };
    }

    /// <summary>Says what <see cref="Trace(torch.nn.Module, torch.Tensor, OnnxExportOptions?)"/> would do, without a file.</summary>
    /// <param name="module">A module in evaluation mode.</param>
    /// <param name="example">An input.</param>
    /// <param name="options">Names, opset, tolerance; null for the defaults.</param>
    /// <exception cref="ExportException">The module is in training mode, or takes another way at another size of a named axis.</exception>
    public static ExportPlan Explain(torch.nn.Module module, torch.Tensor example, OnnxExportOptions? options = null) =>
        Explain(module, [example ?? throw new ArgumentNullException(nameof(example))], options);

    /// <summary>
    /// Says what <see cref="Trace(torch.nn.Module, IReadOnlyList{torch.Tensor?}, OnnxExportOptions?)"/> would do, without a file.
    /// </summary>
    /// <param name="module">A module in evaluation mode.</param>
    /// <param name="examples">
    /// Tensors for the arguments of its <c>forward</c>, from left to right: one for a tensor, one for each item of a tuple, all that are
    /// left over for an array or list; null where an optional argument is left out. Arguments behind them take their defaults.
    /// </param>
    /// <param name="options">Names, opset, tolerance; null for the defaults.</param>
    /// <exception cref="ExportException">The module is in training mode, or takes another way at another size of a named axis.</exception>
    public static ExportPlan Explain(torch.nn.Module module, IReadOnlyList<torch.Tensor?> examples, OnnxExportOptions? options = null)
    {
        options ??= new OnnxExportOptions();
        ExampleInputs inputs = Prepare(module, examples, options);
        using var kept = new KeptBuffers(module);
        return new ExportPlan(Convert(module, inputs, options, kept).Conversion.Steps);
    }

    /// <summary>Adds or replaces the mapping of a native entry with one result.</summary>
    /// <param name="entry">Native entry, such as THSTensor_relu; its in-place twin is covered.</param>
    /// <param name="convert">Adds nodes for a call and returns its result. Shape and type are checked against what TorchSharp gave.</param>
    /// <exception cref="ArgumentException">The entry is empty.</exception>
    public static void Register(string entry, Func<GraphBuilder, NativeCall, Value> convert)
    {
        ArgumentException.ThrowIfNullOrEmpty(entry);
        ConverterRegistry.Register(new Converter(entry, convert));
    }

    static ExampleInputs Prepare(torch.nn.Module module, IReadOnlyList<torch.Tensor?> examples, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(examples);
        // eval() does not reach modules that are not registered; where their mode matters, it is an argument of their calls.
        string[] training =
            [.. module.named_modules().Where(pair => pair.module.training).Select(pair => pair.name == "" ? "(root)" : pair.name)];
        if (options.Training && training.Length == 0)
        {
            throw new ExportException($"module '{module.GetType().Name}' must be in training mode to trace its training, found evaluation "
                + "mode; call train() on it first.");
        }
        if (training.Length > 0 && !options.Training)
        {
            throw new ExportException($"module '{module.GetType().Name}' must be in evaluation mode, found in training mode: "
                + $"{string.Join(", ", training)}; call eval() on it first.");
        }
        if (options.ProofSizes.Count == 0 || options.ProofSizes.Any(size => size < 1))
        {
            throw new ExportException($"'{nameof(options.ProofSizes)}' must hold at least one size, and none below 1: a file that was "
                + "proven nowhere is not written.");
        }
        return new ExampleInputs(examples, options);
    }

    /// <param name="Conversion">What was converted, and what refused.</param>
    /// <param name="Model">The model; null where something was refused.</param>
    /// <param name="Outputs">Names of its outputs.</param>
    sealed record Converted(GraphConversion Conversion, OnnxModel? Model, IReadOnlyList<string> Outputs);

    static Converted Convert(torch.nn.Module module, ExampleInputs inputs, OnnxExportOptions options, KeptBuffers kept)
    {
        int[] exampleSizes = inputs.FirstSizes;
        RecordedRun example = Record(module, inputs, exampleSizes);
        inputs.IsLarge = example.ResultBytes > LargeTrace;
        FreedMemory.Trim();
        MergedTrace trace = Trace(module, inputs, (exampleSizes, example));
        FreedMemory.Trim();
        IReadOnlyList<string> outputs = options.Outputs.Count > 0 ? options.Outputs
            : [.. trace.Outputs.Select((_, i) => i == 0 ? "output" : $"output_{i}")];
        if (outputs.Count != trace.Outputs.Count)
        {
            throw new ExportException($"'{nameof(options.Outputs)}' names {outputs.Count} outputs, but module '{module.GetType().Name}' "
                + $"returns {trace.Outputs.Count}.");
        }
        kept.Restore(); // the graph starts with the statistics of before the recordings
        var held = new ModuleState(module);
        var conversion = new GraphConversion(trace, inputs.Declared, held, options, ConverterRegistry.Find);
        OnnxModel? model = conversion.Run(outputs);
        return new(conversion, model, outputs);
    }

    // Sizes that follow values are told from others by recordings with other values at the first sizes. Recordings that are not needed may
    // fail.
    static MergedTrace Trace(torch.nn.Module module, ExampleInputs inputs, (int[] Sizes, RecordedRun Recording) example)
    {
        List<(int[] Sizes, RecordedRun Recording)> recordings = [];
        try
        {
            // A large input is recorded at smaller sizes, one axis changed after the other, and the example comes behind them.
            bool isExampleFirst = example.Sizes.SequenceEqual(inputs.FirstSizes);
            recordings.Add(isExampleFirst ? example : (inputs.FirstSizes, Record(module, inputs, inputs.FirstSizes)));
            recordings.AddRange(inputs.SecondSizes.Select(sizes => (sizes, Record(module, inputs, sizes))));
            recordings.AddRange(isExampleFirst ? [] : [example]);
            MergedTrace trace = With([]);
            bool isOpen = example.Recording.Calls.Any(call => OpenLengths.Has(call, example.Recording.Values));
            bool isDerived = trace.HasDerived || isOpen;
            if (isDerived)
            {
                Try(Enumerable.Range(1, isOpen ? OtherValues : 0).Select(seed => (inputs.FirstSizes, seed)));
                trace = With(inputs.FurtherSizes);
            }
            // What C# computes may have a bound, such as Math.Max(T - 1, 1), that only the lowest sizes meet.
            foreach (int[] sizes in trace.TakesNumbers ? inputs.LowestSizes : [])
            {
                int before = recordings.Count;
                Try([(sizes, 0)]);
                try
                {
                    trace = With([]);
                }
                catch (ExportException)
                {
                    recordings.RemoveRange(before, recordings.Count - before);
                }
            }
            if (trace.IsAmbiguous)
            {
                Try(inputs.DisambiguatingSizes.Select(sizes => (sizes, 0)));
                trace = With(isDerived ? [] : inputs.FurtherSizes);
            }
            return trace;
        }
        catch (ExportException) when (inputs.HasShrunk)
        {
            // A module may not take sizes below the example's.
            inputs.IsShrunk = false;
            return Trace(module, inputs, example);
        }

        MergedTrace With(IReadOnlyList<int[]> others)
        {
            recordings.AddRange(others.Select(sizes => (sizes, Record(module, inputs, sizes))));
            return new TraceMerger([.. recordings.Select(item => item.Recording)], inputs.Axes, [.. recordings.Select(item => item.Sizes)])
                .Merge();
        }

        void Try(IEnumerable<(int[] Sizes, int Seed)> others)
        {
            foreach ((int[] sizes, int seed) in others)
            {
                try
                {
                    recordings.Add((sizes, Record(module, inputs, sizes, seed)));
                }
                catch (ExportException)
                {
                    // The module rejects these sizes; the proof decides whether that matters.
                }
            }
        }
    }

    static RecordedRun Record(torch.nn.Module module, ExampleInputs inputs, int[] sizes, int seed = 0)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            return Run(seed == 0 ? inputs.At(sizes) : inputs.WithOtherValues(sizes, seed));
        }
        catch (Exception error) when (inputs.Axes.Count > 0
            && error is ExternalException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            // What fails at the example itself comes through as it is.
            _ = Run(inputs.Examples);
            string place = string.Join(", ", inputs.Axes.Zip(sizes, (axis, size) => $"{axis}={size}"));
            throw new ExportException(
                $"module '{module.GetType().Name}' fails at {place}: {error.Message.Split('\n')[0]}. If it accepts only some sizes, "
                + $"name their distance in '{nameof(OnnxExportOptions.AxisSteps)}', or fix the axis.", error);
        }

        RecordedRun Run(IReadOnlyList<TensorData> data) => Recorder.Run(module, inputs.Names, inputs.Arguments(data));
    }
}
