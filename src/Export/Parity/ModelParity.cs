using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Inspection;
using TorchSharp;

namespace Toolchain.Export.Parity;

/// <summary>Runs a module and its exported model side by side.</summary>
/// <param name="Errors">Differences from the module.</param>
/// <param name="Budget">Differences of module and runtimes from the float64 evaluator.</param>
sealed record ModelParity(IReadOnlyList<OutputError> Errors, IReadOnlyList<OutputError> Budget)
{
    /// <summary>Compares at every size, on the float64 evaluator and on every further runtime.</summary>
    /// <exception cref="ParityException">An output misses; all misses are listed.</exception>
    public static ModelParity Prove(TracedModel traced, OnnxModel read, byte[] bytes)
    {
        var misses = new List<string>();
        var (errors, budget) = (new List<OutputError>(), new List<OutputError>());
        double flops = FlopCount.PerRow(read) ?? 0;
        foreach (int size in traced.ProofSizes)
        {
            bool isFirst = size == traced.ProofSizes[0], isForOracle = isFirst || flops * size <= traced.Options.ProofFlops;
            if (!isForOracle && (traced.Options.Runtimes.Count == 0 || flops * size > 10 * traced.Options.ProofFlops))
            {
                continue;
            }
            IReadOnlyDictionary<string, TensorData> inputs = Inputs(traced, size), expected = RunModule(traced, inputs);
            IReadOnlyDictionary<string, TensorData>? exact = isForOracle ? Evaluator.Run(traced.Exact, inputs) : null;
            if (exact is not null)
            {
                Compare(ExportReport.Oracle, Evaluator.Run(read, inputs));
                budget.AddRange(Distances(ExportReport.Module, size, exact, expected));
            }
            foreach (ParityRuntime runtime in traced.Options.Runtimes)
            {
                IReadOnlyDictionary<string, TensorData> found = runtime.Run(bytes, inputs);
                Compare(runtime.Name, found);
                budget.AddRange(exact is null ? [] : Distances(runtime.Name, size, exact, found));
            }

            void Compare(string runtime, IReadOnlyDictionary<string, TensorData> found)
            {
                OutputComparison.Result result = OutputComparison.Compare(runtime, size, expected, found, traced.Options.AllowedAbsolute, traced.Options.AllowedRelative);
                misses.AddRange(result.Misses);
                errors.AddRange(result.Errors);
            }
        }
        return misses.Count == 0
            ? new ModelParity(errors, budget)
            : throw new ParityException($"the exported model does not agree with module '{traced.Module.GetType().Name}':{string.Concat(misses.Select(miss => $"\n  {miss}"))}");
    }

    /// <summary>Differences of each runtime from the float64 evaluator after each node, at the first size.</summary>
    public static IReadOnlyList<OutputError> OfNodes(TracedModel traced, OnnxModel read)
    {
        OnnxModel all = read.WithAllOutputs();
        byte[] bytes = all.ToBytes();
        int size = traced.ProofSizes[0];
        IReadOnlyDictionary<string, TensorData> inputs = Inputs(traced, size), exact = Evaluator.Run(all, inputs);
        return [.. traced.Options.Runtimes.SelectMany(runtime => Distances(runtime.Name, size, exact, runtime.Run(bytes, inputs)))];
    }

    // In units of the type that was rounded to: the evaluator's own is float64. What has another shape was told before.
    static IEnumerable<OutputError> Distances(string runtime, int size, IReadOnlyDictionary<string, TensorData> exact, IReadOnlyDictionary<string, TensorData> rounded) => exact
        .Where(pair => rounded.TryGetValue(pair.Key, out TensorData? other) && other.Sizes.SequenceEqual(pair.Value.Sizes))
        .Select(pair => ErrorMeasure.Of(runtime, size, pair.Key, pair.Value, rounded[pair.Key], 0, 0, out _, rounded[pair.Key].Type));

    static IReadOnlyDictionary<string, TensorData> Inputs(TracedModel traced, int size) =>
        traced.Inputs.Names.Zip(traced.Inputs.AtSize(size)).ToDictionary(pair => pair.First, pair => pair.Second);

    static Dictionary<string, TensorData> RunModule(TracedModel traced, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        IReadOnlyList<torch.Tensor?> arguments = traced.Inputs.Arguments([.. traced.Inputs.Names.Select(name => inputs[name])]);
        IReadOnlyList<torch.Tensor> results = ModuleCall.Run(traced.Module, arguments);
        return traced.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => NativeTensor.Read(pair.Second));
    }
}
