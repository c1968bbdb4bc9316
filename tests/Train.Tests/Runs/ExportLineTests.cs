using Toolchain.Export;
using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Runs;

/// <summary>The line that says how well an exported model agrees.</summary>
public sealed class ExportLineTests
{
    static readonly ExportReport report = new()
    {
        Sha256 = "",
        Bytes = 1,
        Opset = 17,
        IrVersion = 8,
        Parameters = 1,
        Operators = new Dictionary<string, int>(),
        Runtimes = ["float64 evaluator", "ONNX Runtime"],
        Sizes = [1, 2],
        OracleSizes = [1],
        AbsoluteTolerance = 0,
        RelativeTolerance = 1e-5,
        Budget = [],
        Nodes = [],
        Errors = [new("ONNX Runtime", 1, "y", 2e-6, 0, 0, []) { Largest = 3 }],
    };

    /// <summary>All sizes were run.</summary>
    [Fact]
    public void Of_AllProven_NamesTheBatches() => Assert.StartsWith(
        "float64 evaluator and ONNX Runtime agree with TorchSharp at batches 1, 2, largest error 2e-06 in values up to 3, allowed ",
        ExportLine.Of(report), StringComparison.Ordinal);

    /// <summary>A busy machine had no time for some.</summary>
    [Fact]
    public void Of_SomeLeftOut_NamesThem() => Assert.StartsWith(
        "float64 evaluator and ONNX Runtime agree with TorchSharp at batch 1 (no time for N=2, N=7), largest error 2e-06 ",
        ExportLine.Of(report with { Sizes = [1], NotProven = ["N=2", "N=7"] }), StringComparison.Ordinal);
}
