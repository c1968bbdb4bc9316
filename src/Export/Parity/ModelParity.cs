using System.Runtime.InteropServices;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;
using Toolchain.Graph.Passes;
using TorchSharp;

namespace Toolchain.Export.Parity;

/// <summary>Runs a module and its exported model side by side.</summary>
sealed class ModelParity
{
    // A model that misses this often needs no further proof.
    const int MostMisses = 4;

    // Evaluations of a search for the first node that differs, and seconds that they may take together.
    const double SearchRuns = 8, SearchSeconds = 60;

    readonly TracedModule traced;
    readonly OnnxModel read;
    readonly ProofFile file;
    readonly ProofBudget budget;
    readonly string[] runtimes;
    readonly List<OutputError> errors = [], rounding = [];
    readonly List<ProofPoint> proven = [], byOracle = [];
    readonly List<string> misses = [], left = [], refused = [];
    HashSet<string>? withoutNumbers; // outputs that have been NaN everywhere so far

    ModelParity(TracedModule traced, OnnxModel read, ProofFile file, long start)
    {
        (this.traced, this.read, this.file) = (traced, read, file);
        runtimes = [.. traced.Options.Runtimes.Select(runtime => runtime.Name)];
        double seconds = traced.Options.ProofSeconds;
        budget = new ProofBudget(Math.Max(seconds - traced.TraceSeconds, seconds / 2), start, traced.IsLarge);
    }

    /// <summary>Differences from the module.</summary>
    public IReadOnlyList<OutputError> Errors => errors;

    /// <summary>Differences of module and runtimes from the float64 evaluator.</summary>
    public IReadOnlyList<OutputError> Budget => rounding;

    /// <summary>Where module and model agree, in order.</summary>
    public IReadOnlyList<ProofPoint> Proven => proven;

    /// <summary>Where the float64 evaluator took part.</summary>
    public IReadOnlyList<ProofPoint> ByOracle => byOracle;

    /// <summary>Sizes for which the budget was too small.</summary>
    public IReadOnlyList<string> Left => left;

    /// <summary>Sizes that the module itself refuses.</summary>
    public IReadOnlyList<string> Refused => refused;

    /// <summary>
    /// Compares on the float64 evaluator and on every further runtime, at the most telling sizes first, as long as the budget lasts.
    /// </summary>
    /// <param name="traced">The module and its model.</param>
    /// <param name="read">The model as it is read back.</param>
    /// <param name="file">The model as the runtimes get it.</param>
    /// <param name="start">Time stamp from which the budget counts: writing and reading the file are part of it.</param>
    /// <exception cref="ParityException">An output misses; all misses are listed.</exception>
    public static ModelParity Prove(TracedModule traced, OnnxModel read, ProofFile file, long start)
    {
        var parity = new ModelParity(traced, read, file, start);
        foreach (ProofPoint point in ProofPlan.Of(traced.Inputs, traced.Options.ProofSizes, traced.Constants))
        {
            if (parity.misses.Count < MostMisses)
            {
                parity.Prove(point);
            }
        }
        parity.misses.AddRange(parity.proven.Count == 0 ? [] : (parity.withoutNumbers ?? []).Select(name =>
            $"output '{name}' is NaN in every element at every size: such an output proves nothing"));
        if (parity.misses.Count == 0 && parity.proven.Count == 0)
        {
            parity.misses.Add($"the module refuses every size of the proof: {string.Join("; ", parity.refused)}");
        }
        return parity.misses.Count == 0 ? parity : throw new ParityException(
            $"the exported model does not agree with module '{traced.Module.GetType().Name}':"
            + string.Concat(parity.misses.Select(miss => $"\n  {miss}"))
            + Uninitialised.Describe(traced.Module)
            + "\n  If it agrees at the sizes that matter, declare their range: Axis.Named(name, lowest, highest). Otherwise register "
            + "another mapping of the first entry that differs.");
    }

    void Prove(ProofPoint point)
    {
        OnnxExportOptions options = traced.Options;
        bool isFirst = proven.Count == 0, isAlone = runtimes.Length == 0;
        double flops = Flops(point);
        bool fits = budget.Fits(flops, [ProofBudget.Module, .. runtimes]);
        bool isForOracle = budget.Fits(flops, [ProofBudget.Module, .. runtimes, ProofBudget.Oracle])
            && (isFirst || flops <= options.ProofFlops);
        if (!isFirst && (isAlone ? !isForOracle : !fits))
        {
            left.Add(point.Text);
            return;
        }
        if (traced.Inputs.IsLarge && LargeProof.IsLarge(traced.Inputs.AxisSizes, point.Sizes))
        {
            // So that the module's activations do not come on top of the sessions' weights.
            budget.Close(options.Runtimes);
        }
        IReadOnlyDictionary<string, TensorData> inputs = Inputs(traced, point);
        if (budget.Run(ProofBudget.Module, flops, () => Expected(point, inputs)) is not Dictionary<string, TensorData> expected)
        {
            return;
        }
        int before = misses.Count;
        RememberNumbers(expected);
        IReadOnlyDictionary<string, TensorData>? exact = null;
        if ((isForOracle || (isFirst && isAlone)) && Run(point, ExportReport.Oracle, () =>
            budget.Run(ProofBudget.Oracle, flops, () => Evaluator.Run(read, inputs))) is IReadOnlyDictionary<string, TensorData> evaluated)
        {
            exact = options.Half ? Evaluator.Run(traced.Exact, inputs) : evaluated;
            Compare(point, ExportReport.Oracle, inputs, expected, evaluated);
            rounding.AddRange(Distances(ExportReport.Module, point, exact, expected));
            byOracle.Add(point);
        }
        foreach (ParityRuntime runtime in options.Runtimes)
        {
            if (Run(point, runtime.Name, () => budget.Run(runtime.Name, flops, () => file.Run(runtime, inputs)))
                is IReadOnlyDictionary<string, TensorData> found)
            {
                Compare(point, runtime.Name, inputs, expected, found);
                rounding.AddRange(exact is null ? [] : Distances(runtime.Name, point, exact, found));
            }
        }
        if (misses.Count == before)
        {
            proven.Add(point);
        }
    }

    // Where an operator's count is unknown, the sizes at least give the ratio of two points' costs.
    double Flops(ProofPoint point) => FlopCount.Of(read, traced.Inputs.Shapes(point.Sizes))
        ?? Math.Max(FlopCount.PerRow(read) ?? 0, 1e6) * point.Sizes.Aggregate(1.0, (product, size) => product * size);

    void RememberNumbers(Dictionary<string, TensorData> expected)
    {
        withoutNumbers ??= [.. expected.Where(pair => pair.Value.Type.IsFloat() && pair.Value.Count > 0).Select(pair => pair.Key)];
        withoutNumbers.RemoveWhere(name => expected[name].Count == 0 || !expected[name].ToDoubles().All(double.IsNaN));
    }

    // Null where the module refuses the sizes, which only a declared range makes a miss.
    Dictionary<string, TensorData>? Expected(ProofPoint point, IReadOnlyDictionary<string, TensorData> inputs)
    {
        try
        {
            return RunModule(traced, inputs);
        }
        catch (Exception error)
            when (error is ExternalException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            string text = $"{point.Text}: {error.Message.Split('\n')[0]}";
            if (traced.Inputs.AxisSizes.Any(axis => axis.Axis.Lowest is not null))
            {
                misses.Add($"the module fails at {text}; declare a range of sizes that it takes");
            }
            refused.Add(text);
            return null;
        }
    }

    // A runtime that cannot run the model has not proven it.
    IReadOnlyDictionary<string, TensorData>? Run(ProofPoint point, string runtime, Func<IReadOnlyDictionary<string, TensorData>> run)
    {
        try
        {
            return run();
        }
        catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
        {
            misses.Add($"{runtime} cannot run the model at {point.Text}: {error.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    void Compare(ProofPoint point, string runtime, IReadOnlyDictionary<string, TensorData> inputs,
        IReadOnlyDictionary<string, TensorData> expected, IReadOnlyDictionary<string, TensorData> found)
    {
        OutputComparison.Result result = OutputComparison.Compare(runtime, point, expected, found, traced.Options.Tolerance);
        if (result.Misses.Count > 0)
        {
            // Where much cancels, float32 itself is that far off: what rounding after each node costs is allowed as well.
            Dictionary<string, double> noise = RoundingNoise.Of(traced.Exact, inputs);
            result = OutputComparison.Compare(runtime, point, expected, found, traced.Options.Tolerance with { Noise = noise });
        }
        bool isSearched = misses.Count == 0 && result.Misses.Count > 0
            && budget.Estimate(ProofBudget.Oracle, SearchRuns * Flops(point)) < SearchSeconds;
        string place = isSearched ? Place(runtime, inputs) : "";
        misses.AddRange(result.Misses.Select((miss, i) => i == 0 ? miss + place : miss));
        errors.AddRange(result.Errors);
    }

    // Where the first miss of a proof begins.
    string Place(string runtime, IReadOnlyDictionary<string, TensorData> inputs)
    {
        try
        {
            return traced.Options.Runtimes.FirstOrDefault(item => item.Name == runtime) is ParityRuntime other
                ? FirstDifference.OfRuntime(read, other, inputs)
                : FirstDifference.OfModule(traced, read, inputs);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return ""; // a part of the model that does not run by itself adds nothing to the miss
        }
    }

    /// <summary>Differences of each runtime from the float64 evaluator after each node, at the first sizes.</summary>
    public static IReadOnlyList<OutputError> OfNodes(TracedModule traced, OnnxModel read)
    {
        OnnxModel all = read.WithAllOutputs();
        byte[] bytes = all.ToBytes();
        ProofPoint point = ProofPlan.Of(traced.Inputs, traced.Options.ProofSizes, [])[0];
        IReadOnlyDictionary<string, TensorData> inputs = Inputs(traced, point), exact = Evaluator.Run(all, inputs);
        return [.. traced.Options.Runtimes.SelectMany(runtime => Distances(runtime.Name, point, exact, runtime.Run(bytes, inputs)))];
    }

    // In units of the type that was rounded to: the evaluator's own is float64. What has another shape was told before.
    static IEnumerable<OutputError> Distances(string runtime, ProofPoint point, IReadOnlyDictionary<string, TensorData> exact,
        IReadOnlyDictionary<string, TensorData> rounded) =>
        from pair in exact
        where rounded.ContainsKey(pair.Key)
        let other = rounded[pair.Key]
        let difference = TensorDifference.Of(pair.Value, other)
        where difference is not null
        select ErrorMeasure.Of(runtime, point, pair.Key, difference, other.Type);

    static IReadOnlyDictionary<string, TensorData> Inputs(TracedModule traced, ProofPoint point) =>
        traced.Inputs.Names.Zip(traced.Inputs.At(point.Sizes)).ToDictionary(pair => pair.First, pair => pair.Second);

    static Dictionary<string, TensorData> RunModule(TracedModule traced, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        IReadOnlyList<torch.Tensor?> arguments = traced.Inputs.Arguments([.. traced.Inputs.Names.Select(name => inputs[name])]);
        IReadOnlyList<torch.Tensor> results = ModuleCall.Run(traced.Module, arguments);
        return traced.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => NativeTensor.Read(pair.Second));
    }
}
