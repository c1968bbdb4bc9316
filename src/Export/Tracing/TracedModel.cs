using System.Diagnostics;
using Toolchain.Export.Parity;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;
using TorchSharp;

namespace Toolchain.Export.Tracing;

/// <summary>A module as a graph, not yet proven. Saving it proves it first.</summary>
public sealed class TracedModel
{
    internal TracedModel(TracedModule traced) =>
        (Traced, Model) = (traced, traced.Options.Half ? HalfPrecision.Apply(traced.Exact) : traced.Exact);

    /// <summary>The graph.</summary>
    public OnnxModel Model { get; }

    internal TracedModule Traced { get; }

    // Calls through which the module lets NaN, and the graph may not.
    internal IReadOnlyList<string> DropsNaN { get; init; } = [];

    OnnxExportOptions Options => Traced.Options;

    /// <summary>Runs module and model side by side at every proof size.</summary>
    /// <returns>The report that <see cref="Save"/> would give.</returns>
    /// <exception cref="ParityException">An output differs; all misses are listed.</exception>
    public ExportReport Prove()
    {
        long start = Stopwatch.GetTimestamp();
        if (!IsProvenAsFile)
        {
            return Prove(Model.Describe(), path: null, start);
        }
        string folder = Directory.CreateTempSubdirectory("onnx-export-").FullName;
        return Staged(folder, (saved, path) => Prove(saved, ProofPath(saved, path), start));
    }

    /// <summary>Proves the model, then writes it whole or not at all; the same module gives the same bytes.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <returns>What was written, and how well it agrees with the module.</returns>
    /// <exception cref="IOException">The folder cannot be written; what was there before is still there.</exception>
    /// <exception cref="ParityException">An output differs; all misses are listed, and no file is left.</exception>
    /// <exception cref="GraphException">The weights are above 2 GB, and a further runtime takes only bytes.</exception>
    public ExportReport Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long start = Stopwatch.GetTimestamp();
        if (!IsProvenAsFile)
        {
            ExportReport report = Prove(new SavedModel("", 0, null), path: null, start);
            SavedModel saved = Model.Save(path, Options.ExternalDataThreshold);
            return report with { Sha256 = saved.Sha256, Bytes = saved.Bytes, ExternalData = saved.ExternalData };
        }
        // On one disk with its place, so that it is moved there.
        string full = Path.GetFullPath(path), folder = $"{full}.{Environment.ProcessId}.tmp";
        Directory.CreateDirectory(folder);
        return Staged(folder, (saved, staged) =>
        {
            ExportReport report = Prove(saved, ProofPath(saved, staged), start);
            saved.Move(staged, full);
            return report;
        });
    }

    // Then the file itself is proven, not bytes in memory beside it.
    bool IsProvenAsFile => Model.WeightBytes >= TracedModule.LargeWeightBytes
        && Options.Runtimes.Any(runtime => runtime.RunFile is not null);

    // Runtimes map the weights of the file that is saved: they would copy those inside of a model, a large one twice.
    static string ProofPath(SavedModel saved, string path)
    {
        if (saved.ExternalData is not null)
        {
            return path;
        }
        string reference = Path.ChangeExtension(path, ".proof.onnx");
        OnnxFile.WriteReference(path, reference);
        return reference;
    }

    ExportReport Staged(string folder, Func<SavedModel, string, ExportReport> prove)
    {
        try
        {
            string path = Path.Combine(folder, "model.onnx");
            return prove(Model.Save(path, Options.ExternalDataThreshold), path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    ExportReport Prove(SavedModel saved, string? path, long start)
    {
        using var kept = new KeptBuffers(Traced.Module);
        OnnxModel read = Model.ReadBack();
        ModelParity parity;
        try
        {
            parity = ModelParity.Prove(Traced, read, new ProofFile(Model, path), start);
        }
        finally
        {
            Options.Runtimes.ToList().ForEach(runtime => runtime.Release?.Invoke());
        }
        return new ExportReport
        {
            Sha256 = saved.Sha256,
            Bytes = saved.Bytes,
            ExternalData = saved.ExternalData,
            Opset = Model.Opset,
            IrVersion = Model.IrVersion,
            Parameters = Model.Initializers.Sum(pair => (long)pair.Value.Count),
            Operators = new SortedDictionary<string, int>(
                Model.Nodes.CountBy(node => node.Op).ToDictionary(), StringComparer.Ordinal),
            Runtimes = [.. parity.ByOracle.Count > 0 ? [ExportReport.Oracle] : Array.Empty<string>(),
                .. Options.Runtimes.Select(runtime => runtime.Name)],
            Sizes = [.. parity.Proven.Where(point => point.IsBase).Select(point => point.Rows).Distinct()],
            OracleSizes = [.. parity.ByOracle.Where(point => point.IsBase).Select(point => point.Rows).Distinct()],
            Proven = [.. parity.Proven.Select(point => point.Text)],
            NotProven = parity.Left,
            RefusedByModule = parity.Refused,
            DropsNaN = DropsNaN,
            AbsoluteTolerance = Options.Tolerance.Absolute,
            RelativeTolerance = Options.Tolerance.Relative,
            ScaleTolerance = Options.Tolerance.Scale,
            Errors = parity.Errors,
            Budget = parity.Budget,
            Nodes = Options.NodeErrors ? ModelParity.OfNodes(Traced, read) : [],
        };
    }
}
