using System.Text.Json;
using Toolchain.Export.Parity;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;
using Toolchain.Graph.Passes;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

public sealed class ReportTests
{
    static readonly ProofPoint here = new([], 3, "here", IsBase: true);
    static readonly OnnxExportOptions proven = new() { Runtimes = [OrtRuntime.Create()], ProofSizes = [1, 7] };

    [Fact]
    public void Of_ByHand_GivesEveryNumber()
    {
        TensorDifference difference = Difference([1, 2, -4, 0], [1, 2 + Math.Pow(2, -21), -4.25, 0]);

        OutputError error = ErrorMeasure.Of("r", here, "y", difference, ElementType.Float32);

        Assert.Equal(2, new Tolerance(0.2, 0, 0).WorstOf("y", difference));
        Assert.Equal((0.25, 0.0625), (error.MaxAbsolute, error.MaxRelative));
        Assert.Equal(0.25 / Math.Pow(2, -21), error.MaxUlp); // floats in [4,8) are 2^-21 apart
        Assert.Equal([2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], error.Histogram); // 0 twice, 4.8e-7, 0.25
        // in [2,4): 2^-22
        TensorDifference small = Difference([1, 2, -4, 0], [1, 2 + Math.Pow(2, -21), -4, 0]);
        Assert.Equal(2, ErrorMeasure.Of("r", here, "y", small, ElementType.Float32).MaxUlp);
    }

    [Fact]
    public void Of_NotANumberOnOneSide_IsAMissOfTheLastBucket()
    {
        OutputError error = ErrorMeasure.Of("r", here, "y", Difference([1], [double.NaN]), ElementType.Float32);

        Assert.Equal(1, error.Histogram[^1]);
        Assert.Equal(0, Worst(1, double.NaN));
        Assert.Equal(-1, Worst(double.NaN, double.NaN));
        Assert.Equal(-1, Worst(double.PositiveInfinity, double.PositiveInfinity));
        Assert.Equal(0, Worst(double.PositiveInfinity, double.NegativeInfinity));

        static int Worst(double wanted, double given) => new Tolerance(1, 1, 1).WorstOf("y", Difference([wanted], [given]));
    }

    [Fact]
    public void WorstOf_ManySmallErrors_IsTheLargestWhereTheirRootMeanSquareExceeds()
    {
        TensorDifference difference = Difference([8, 0, 0, 0], [8, .5, .75, .5]); // root mean squares 4 and .51
        Assert.Equal(-1, new Tolerance(0, 0, .13).WorstOf("y", difference)); // .52 are allowed of the root mean square, 1.04 of each
        Assert.Equal(2, new Tolerance(0, 0, .125).WorstOf("y", difference)); // .5 and 1
    }

    static TensorDifference Difference(double[] wanted, double[] given) =>
        TensorDifference.Of(TensorData.Of(wanted, wanted.Length), TensorData.Of(given, given.Length))!;

    [Fact]
    public void Budget_TellsRoundingOfModuleAndRuntimeApart()
    {
        manual_seed(1);
        using var net = new ContrastNet();
        ExportReport report = OnnxExport.Trace(net, rand(2, 1, 28, 28), proven).Prove();

        Assert.Equal(["TorchSharp", OrtRuntime.Create().Name], report.Budget.Select(error => error.Runtime).Distinct());
        Assert.Equal([1, 7], report.Budget.Select(error => error.Size).Distinct().Take(2));
        // Float32 rounds, and here to a few of its last places at most: both are honest and neither is exact.
        Assert.All(report.Budget, error => Assert.InRange(error.MaxAbsolute, 1e-12, 1e-5));
        Assert.All(report.Errors.Where(error => error.Size == 7), error => Assert.Equal(7 * 12, error.Histogram.Sum()));
        Assert.Empty(report.Nodes);
    }

    [Fact]
    public void Nodes_OnRequest_AreThoseOfTheGraph()
    {
        manual_seed(2);
        using var net = new ResidualNet();
        TracedModel traced = OnnxExport.Trace(net, randn(3, 6), proven with { NodeErrors = true });
        ExportReport report = traced.Prove();

        Assert.Equal(traced.Model.Nodes.SelectMany(node => node.Outputs), report.Nodes.Select(error => error.Output));
        Assert.All(report.Nodes, error => Assert.InRange(error.MaxAbsolute, 0, 1e-5));
        Assert.Contains(report.Nodes, error => error.MaxAbsolute > 0);
    }

    // Runtimes drop NaN in maxima; whole numbers have none.
    [Theory]
    [InlineData(false, "max_pool2d amax cummax adaptive_max_pool2d median mode")]
    [InlineData(true, "mode")]
    public void DropsNaN_NamesTheCallsThroughWhichItMayNotCome(bool isKept, string calls)
    {
        using var module = new Fn(x =>
        {
            Tensor pooled = nn.functional.adaptive_max_pool2d(nn.functional.max_pool2d(x, 2), [2, 2]), whole = x.to(int64).amax([1, 2, 3]);
            return pooled.amax([3]).cummax(1).values.sum([1L, 2L]) + x.median() + whole + x.flatten(1).mode(1).values;
        });
        OnnxExportOptions options = isKept ? proven : proven with { KeepNaN = false };
        ExportReport report = OnnxExport.Trace(module, rand(2, 3, 8, 8), options).Prove();
        Assert.Equal(calls.Split(' ').Select(call => $"(root): THSTensor_{call}").Order(StringComparer.Ordinal), report.DropsNaN);
    }

    [Fact]
    public void ToJson_HasEveryPart()
    {
        JsonElement json = JsonDocument.Parse(OnnxExport.Trace(new Fn(x => x.exp()), rand(2, 3), proven).Prove().ToJson()).RootElement;

        Assert.Equal(["sha256", "bytes", "externalData", "opset", "irVersion", "parameters", "operators", "runtimes", "sizes", "proven",
            "notProven", "refusedByModule", "dropsNaN", "oracleSizes", "absoluteTolerance", "relativeTolerance", "scaleTolerance", "errors",
            "budget", "nodes"],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["runtime", "size", "output", "maxAbsolute", "maxRelative", "maxUlp", "histogram", "sizes", "largest"],
            json.GetProperty("errors")[0].EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Save_KeepsDocumentationMetadataAndNames()
    {
        using var folder = new TemporaryFolder();
        manual_seed(3);
        using var net = new ResidualNet();
        OnnxExportOptions options = proven with
        {
            Name = "residual",
            Documentation = "Two rows in, two out.",
            Metadata = new Dictionary<string, string> { ["author"] = "me" },
            ExternalDataThreshold = 0
        };
        ExportReport report = OnnxExport.Trace(net, randn(3, 6), options).Save(folder["a.onnx"]);
        OnnxModel read = OnnxFile.Load(folder["a.onnx"]);

        Assert.Equal(("residual", "Two rows in, two out.", "me"), (read.Name, read.Documentation, read.Metadata["author"]));
        Assert.Equal(["block.fc/Gemm", "block.bn/BatchNormalization", "block.act/Relu"], read.Nodes.Select(node => node.Name).Take(3));
        Assert.Superset(net.state_dict().Keys.Where(key => !key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToHashSet(),
            read.Initializers.Select(pair => pair.Key).ToHashSet());
        Assert.Equal(Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(folder["a.onnx"]))), report.Sha256);
        // Its weights are all below the size that goes into a file of its own.
        Assert.Null(report.ExternalData);
    }

    [Fact]
    public void Save_WithExternalData_LoadsInOnnxRuntimeFromItsFolder()
    {
        using var folder = new TemporaryFolder();
        manual_seed(4);
        using var net = new ContrastNet();
        string path = folder["a.onnx"];
        ExportReport report = OnnxExport.Trace(net, rand(2, 1, 28, 28), proven with { ExternalDataThreshold = 1 }).Save(path);

        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(path);
        Assert.Equal("output", Assert.Single(session.OutputNames));
        Assert.Equal(new FileInfo(path).Length + new FileInfo(folder[report.ExternalData!]).Length, report.Bytes);
    }

    [Fact]
    public void Prove_SizesThatCostTooMuch_AreLeftOutAndSaidSo()
    {
        using var net = nn.Linear(100, 50); // 10,000 operations for each row
        net.eval();
        OnnxExportOptions options = proven with { ProofSizes = [2, 1, 20, 21, 200, 201], ProofFlops = 200_000 };

        ExportReport report = OnnxExport.Trace(net, rand(2, 100), options).Prove();
        Assert.Equal([2, 1, 20, 21, 200, 201], report.Sizes);
        Assert.Equal([2, 1, 20], report.OracleSizes);
        Assert.Empty(report.NotProven);
        ExportReport alone = OnnxExport.Trace(net, rand(2, 100), options with { Runtimes = [] }).Prove();
        Assert.Equal([2, 1, 20], alone.Sizes);
        Assert.Equal(["N=21", "N=200", "N=201"], alone.NotProven);
        Assert.Equal([2], OnnxExport.Trace(net, rand(2, 100), options with { ProofFlops = 0 }).Prove().OracleSizes);
    }

    [Theory]
    [InlineData(GraphPasses.None)]
    [InlineData(GraphPasses.DeadNodes)]
    [InlineData(GraphPasses.Identities)]
    [InlineData(GraphPasses.Constants)]
    [InlineData(GraphPasses.Duplicates)]
    [InlineData(GraphPasses.BatchNorms)]
    public void Passes_EachAlone_KeepParityInBothRuntimes(GraphPasses passes)
    {
        manual_seed(5);
        using var residual = new ResidualNet();
        using var attention = new AttentionNet();
        foreach (int opset in (int[])[15, 17, 21])
        {
            OnnxExportOptions options = proven with { Passes = passes, Opset = opset };
            OnnxModel model = OnnxExport.Trace(residual, randn(3, 6), options).Model;
            Assert.Equal(passes != GraphPasses.BatchNorms, model.Nodes.Any(node => node.Op == "BatchNormalization"));
            _ = OnnxExport.Trace(residual, randn(3, 6), options).Prove();
            _ = OnnxExport.Trace(attention, [randn(2, 5, 8), randn(2, 3, 8)], options).Prove();
        }
    }
}
