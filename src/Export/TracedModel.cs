using System.Security.Cryptography;
using Toolchain.Export.Parity;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export;

/// <summary>A module as a graph, not yet proven. Saving it proves it first.</summary>
public sealed class TracedModel
{
    internal TracedModel(OnnxModel model, torch.nn.Module module, ExampleInputs inputs, IReadOnlyList<string> outputNames, OnnxExportOptions options) =>
        (Model, Module, Inputs, OutputNames, Options) = (model, module, inputs, outputNames, options);

    /// <summary>The graph.</summary>
    public OnnxModel Model { get; }

    internal torch.nn.Module Module { get; }

    internal ExampleInputs Inputs { get; }

    internal IReadOnlyList<string> OutputNames { get; }

    internal OnnxExportOptions Options { get; }

    // Without a named axis there is one size, the example's.
    internal IReadOnlyList<int> ProofSizes => Inputs.Axes.Count == 0 ? [(int)Inputs.AtSize(1)[0].Sizes[0]] : Options.ProofSizes;

    /// <summary>Runs module and model side by side at every proof size.</summary>
    /// <returns>The report that <see cref="Save"/> would give.</returns>
    /// <exception cref="ParityException">An output differs; all misses are listed.</exception>
    public ExportReport Prove() => Prove(Model.ToBytes());

    /// <summary>Proves the model, then writes it whole or not at all; the same module gives the same bytes.</summary>
    /// <exception cref="ParityException">An output differs; all misses are listed, and no file is left.</exception>
    public ExportReport Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = Model.ToBytes();
        ExportReport report = Prove(bytes);
        Model.Save(path);
        return report;
    }

    ExportReport Prove(byte[] bytes) => new()
    {
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        Bytes = bytes.Length,
        Opset = Model.Opset,
        IrVersion = Model.IrVersion,
        Parameters = Model.Initializers.Sum(pair => (long)pair.Value.Count),
        Operators = new SortedDictionary<string, int>(Model.Nodes.GroupBy(node => node.Op).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
        Runtimes = [ExportReport.Oracle, .. Options.Runtimes.Select(runtime => runtime.Name)],
        Sizes = ProofSizes,
        AbsoluteTolerance = Options.AbsoluteTolerance,
        RelativeTolerance = Options.RelativeTolerance,
        Errors = ModelParity.Prove(this, bytes),
    };
}
