using Toolchain.Export.Recording;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Parity;

/// <summary>Runs a module and its exported model side by side.</summary>
static class ModelParity
{
    /// <summary>Compares at every size, on the float64 evaluator and on every further runtime.</summary>
    /// <exception cref="ParityException">An output misses; all misses are listed.</exception>
    public static IReadOnlyList<OutputError> Prove(TracedModel traced, byte[] bytes)
    {
        OnnxModel read = OnnxModel.FromBytes(bytes);
        ParityRuntime[] runtimes = [new(ExportReport.Oracle, (_, inputs) => Evaluator.Run(read, inputs)), .. traced.Options.Runtimes];
        var misses = new List<string>();
        var errors = new List<OutputError>();
        foreach (int size in traced.ProofSizes)
        {
            IReadOnlyDictionary<string, TensorData> inputs = traced.Inputs.Names.Zip(traced.Inputs.AtSize(size)).ToDictionary(pair => pair.First, pair => pair.Second);
            IReadOnlyDictionary<string, TensorData> expected = RunModule(traced, inputs);
            foreach (ParityRuntime runtime in runtimes)
            {
                OutputComparison.Result result = OutputComparison.Compare(
                    runtime.Name, size, expected, runtime.Run(bytes, inputs), traced.Options.AbsoluteTolerance, traced.Options.RelativeTolerance);
                misses.AddRange(result.Misses);
                errors.AddRange(result.Errors);
            }
        }
        return misses.Count == 0
            ? errors
            : throw new ParityException($"the exported model does not agree with module '{traced.Module.GetType().Name}':{string.Concat(misses.Select(miss => $"\n  {miss}"))}");
    }

    static Dictionary<string, TensorData> RunModule(TracedModel traced, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        torch.Tensor[] arguments = [.. traced.Inputs.Names.Select(name => NativeTensor.Make(inputs[name], traced.Inputs.Device))];
        IReadOnlyList<torch.Tensor> results = ModuleCall.Run(traced.Module, arguments);
        return traced.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => NativeTensor.Read(pair.Second));
    }
}
