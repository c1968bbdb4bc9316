using Toolchain.Export.Parity;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Passes;
using TorchSharp;

namespace Toolchain.Export;

/// <summary>A module as a graph, not yet proven. Saving it proves it first.</summary>
public sealed class TracedModel
{
    internal TracedModel(OnnxModel model, torch.nn.Module module, ExampleInputs inputs, IReadOnlyList<string> outputNames, OnnxExportOptions options) =>
        (Model, Exact, Module, Inputs, OutputNames, Options) = (options.Half ? HalfPrecision.Apply(model) : model, model, module, inputs, outputNames, options);

    /// <summary>The graph.</summary>
    public OnnxModel Model { get; }

    // The graph with the module's own weights; the same as Model unless that is in half precision.
    internal OnnxModel Exact { get; }

    internal torch.nn.Module Module { get; }

    internal ExampleInputs Inputs { get; }

    internal IReadOnlyList<string> OutputNames { get; }

    internal OnnxExportOptions Options { get; }

    // Names in the graph of recorded tensors by number.
    internal IReadOnlyDictionary<int, string> ValueNames { get; init; } = new Dictionary<int, string>();

    // Whole numbers of the module's code, near which it may do something else.
    internal IReadOnlyList<long> Constants => CodeConstants.Of(new ModuleState(Module));

    /// <summary>Runs module and model side by side at every proof size.</summary>
    /// <returns>The report that <see cref="Save"/> would give.</returns>
    /// <exception cref="ParityException">An output differs; all misses are listed.</exception>
    public ExportReport Prove() => Prove(Model.Describe());

    /// <summary>Proves the model, then writes it whole or not at all; the same module gives the same bytes.</summary>
    /// <exception cref="ParityException">An output differs; all misses are listed, and no file is left.</exception>
    /// <exception cref="GraphException">The weights are above 2 GB, which further runtimes do not take in one piece.</exception>
    public ExportReport Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ExportReport report = Prove(new SavedModel("", 0, null));
        SavedModel saved = Model.Save(path, Options.ExternalDataThreshold);
        return report with { Sha256 = saved.Sha256, Bytes = saved.Bytes, ExternalData = saved.ExternalData };
    }

    ExportReport Prove(SavedModel saved)
    {
        using var kept = new KeptBuffers(Module);
        OnnxModel read = Model.ReadBack();
        byte[] bytes = Options.Runtimes.Count > 0 ? Model.ToBytes() : [];
        ModelParity parity = ModelParity.Prove(this, read, bytes);
        return new ExportReport
        {
            Sha256 = saved.Sha256,
            Bytes = saved.Bytes,
            Opset = Model.Opset,
            IrVersion = Model.IrVersion,
            Parameters = Model.Initializers.Sum(pair => (long)pair.Value.Count),
            Operators = new SortedDictionary<string, int>(Model.Nodes.GroupBy(node => node.Op).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
            Runtimes = [ExportReport.Oracle, .. Options.Runtimes.Select(runtime => runtime.Name)],
            Sizes = [.. parity.Proven.Where(point => point.IsBase).Select(point => point.Rows).Distinct()],
            OracleSizes = [.. parity.ByOracle.Where(point => point.IsBase).Select(point => point.Rows).Distinct()],
            Proven = [.. parity.Proven.Select(point => point.Text)],
            NotProven = parity.Left,
            RefusedByModule = parity.Refused,
            AbsoluteTolerance = Options.Tolerance.Absolute,
            RelativeTolerance = Options.Tolerance.Relative,
            ScaleTolerance = Options.Tolerance.Scale,
            Errors = parity.Errors,
            Budget = parity.Budget,
            Nodes = Options.NodeErrors ? ModelParity.OfNodes(this, read) : [],
        };
    }
}
