using Toolchain.Export.Recording;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Parity;

/// <summary>A module and its graph, as a proof compares them.</summary>
/// <param name="Exact">The graph with the module's own weights, before any rounding to half precision.</param>
/// <param name="Module">In evaluation mode.</param>
/// <param name="Inputs">The example, and how it grows and shrinks.</param>
/// <param name="OutputNames">Names in the graph of what the module returns, in order.</param>
/// <param name="Options">Sizes, tolerance and runtimes.</param>
sealed record TracedModule(OnnxModel Exact, torch.nn.Module Module, ExampleInputs Inputs, IReadOnlyList<string> OutputNames,
    OnnxExportOptions Options)
{
    /// <summary>Weights from which copies of them are avoided.</summary>
    public const long LargeWeightBytes = 16 << 20;

    /// <summary>Whether weights or activations are so large that a proof returns what it frees.</summary>
    public bool IsLarge => Inputs.IsLarge || Exact.WeightBytes >= LargeWeightBytes;

    /// <summary>What tracing took, of which the proof takes the rest.</summary>
    public double TraceSeconds { get; init; }

    /// <summary>Names in the graph of recorded tensors by number.</summary>
    public IReadOnlyDictionary<int, string> ValueNames { get; init; } = new Dictionary<int, string>();

    /// <summary>Whole numbers of the module's code, near which it may do something else.</summary>
    public IReadOnlyList<long> Constants => CodeConstants.Of(new ModuleState(Module)).Whole;
}
