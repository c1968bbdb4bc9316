using System.Diagnostics;
using Toolchain.Export.Parity;
using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

public sealed class LargeModelTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1_500_000_000, 1)]
    [InlineData(1, 2)]
    public void Save_LargeModel_ProvesTheFileItself(long threshold, int files)
    {
        manual_seed(1);
        using var net = nn.Linear(4200, 4200);
        net.eval();
        var seen = new List<string>();
        ParityRuntime ort = OrtRuntime.Create();
        ParityRuntime runtime = ort with
        {
            Run = (_, _) => throw new InvalidOperationException("bytes were made"),
            RunFile = (path, inputs) =>
            {
                seen.Add(path);
                // The weights are external data: those of the file that is saved.
                Assert.InRange(new FileInfo(path).Length, 100, 20_000);
                Assert.Equal(4200 * 4200, OnnxFile.Load(path).Initializers[0].Value.Count);
                return ort.RunFile!(path, inputs);
            },
        };
        string path = folder["model.onnx"];

        ExportReport report =
            OnnxExport.Trace(net, rand(2, 4200),
            new OnnxExportOptions { Runtimes = [runtime], ProofSizes = [1, 3], ExternalDataThreshold = threshold }).Save(path);

        Assert.Equal(2, seen.Count);
        Assert.Equal(files, Directory.GetFileSystemEntries(folder.Root).Length);
        Assert.Equal(files > 1, report.ExternalData is string data && File.Exists(folder[data]));
        Assert.Equal((report.Bytes, 2), (Directory.GetFiles(folder.Root).Sum(file => new FileInfo(file).Length), report.Sizes.Count));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))), report.Sha256);
        Assert.Equal(4200 * 4200, OnnxFile.Load(path).Initializers[0].Value.Count);
    }

    [Fact]
    public void Trace_Weights_AreCopied()
    {
        using var net = nn.Linear(8, 8);
        net.eval();
        TracedModel traced = OnnxExport.Trace(net, rand(2, 8));
        TensorData Weight() => traced.Model.Initializers.Single(pair => pair.Key == "weight").Value;
        double[] before = Weight().ToDoubles();

        using (no_grad())
        {
            net.weight!.fill_(7);
        }

        Assert.Equal(before, Weight().ToDoubles());
        Assert.DoesNotContain(7, before);
    }

    [Fact, Trait("Category", "Slow")]
    public void Export_LargeWeightOnThreeAxes_IsNotTransposed()
    {
        manual_seed(1);
        using var net = nn.Linear(8192, 8192);
        net.eval();

        TracedModel traced = OnnxExport.Trace(net, rand(2, 3, 8192),
            new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), Axis.Named("L"), 8192)], Runtimes = [OrtRuntime.Create()] });
        ExportReport report = traced.Save(folder["model.onnx"]);

        Assert.DoesNotContain("Transpose", report.Operators.Keys);
        Assert.Equal([8192, 8192], traced.Model.Initializers.Single(pair => pair.Key == "weight").Value.Sizes);
        Assert.NotEmpty(report.Proven);
    }

    [Fact]
    public void Save_LargeModelThatMisses_LeavesNothing()
    {
        using var net = nn.Linear(4200, 4200);
        net.eval();
        ParityRuntime wrong = new("wrong", (_, _) => throw new InvalidOperationException("bytes were made"))
        {
            RunFile = (_, inputs) =>
            new Dictionary<string, TensorData> { ["output"] = inputs["input"] }
        };

        Assert.Throws<ParityException>(() =>
            OnnxExport.Trace(net, rand(2, 4200), new OnnxExportOptions { Runtimes = [wrong], ProofSizes = [1] })
            .Save(folder["model.onnx"]));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void Budget_LeavesOutWhatDoesNotFit()
    {
        var budget = new ProofBudget(100, Stopwatch.GetTimestamp());
        Assert.True(budget.Fits(1e9, ProofBudget.Oracle, "runtime"));
        Assert.False(budget.Fits(1e13, ProofBudget.Oracle));
        Assert.False(new ProofBudget(0, Stopwatch.GetTimestamp()).Fits(0, ProofBudget.Module));

        // A run that takes a tenth of a second for 1e8 operations tells that 1e11 take a hundred seconds.
        _ = budget.Run("runtime", 1e8, () => Delay(100));
        Assert.InRange(budget.Estimate("runtime", 1e11), 95, 1000);
        Assert.False(budget.Fits(1e11, "runtime"));
        // Too short to tell, and too few operations.
        _ = budget.Run("other", 1e8, () => Delay(1));
        _ = budget.Run("other", 1e6, () => Delay(100));
        Assert.InRange(budget.Estimate("other", 1e9), 0, 1);
    }

    static int Delay(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return 0;
    }

    [Fact]
    public void Proof_TakesTheEndsOfRangesBeforeLargeBatches()
    {
        manual_seed(2);
        using var net = new Fn(x => x.mean([2L]));

        ExportReport report =
            OnnxExport.Trace(net, rand(2, 3, 9), new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), 3, Axis.Named("L", 4, 40))] })
            .Prove();

        string[] proven = [.. report.Proven];
        Assert.Equal(["N=1, L=10", "N=2, L=4", "N=2, L=40"],
            [proven[0], proven[1], proven.First(point => point.EndsWith("L=40", StringComparison.Ordinal))]);
        Assert.True(Array.IndexOf(proven, "N=2, L=40") < Array.FindIndex(proven, point =>
            point.StartsWith("N=64", StringComparison.Ordinal)));
    }

    [Fact]
    public void Report_WithoutTheEvaluator_DoesNotNameIt()
    {
        manual_seed(3);
        using var net = nn.Linear(3000, 3000);
        net.eval();

        ExportReport report =
            OnnxExport.Trace(net, rand(2, 3000),
            new OnnxExportOptions { Runtimes = [OrtRuntime.Create()], ProofSizes = [1], ProofSeconds = 1e-9 }).Prove();

        Assert.Equal([OrtRuntime.Create().Name], report.Runtimes);
        Assert.Empty(report.OracleSizes);
    }

    [Fact]
    public void AxisSizes_OfALargeInput_Shrink()
    {
        var height = new AxisSizes(Axis.Named("H"), [224], 1);
        var batch = new AxisSizes(Axis.Batch(), [2], 1);

        Assert.Equal([107, 50, 77, 156], height.Traced(isFrugal: true, isShrunk: true));
        Assert.Equal([224, 107, 338, 343], height.Traced(isFrugal: false, isShrunk: true));
        Assert.Equal([224, 223, 338, 343], height.Traced(isFrugal: true, isShrunk: false));
        Assert.Equal([2, 3, 5, 4], batch.Traced(isFrugal: true, isShrunk: true));
        Assert.All(height.More(isFrugal: true), size => Assert.InRange(size, 2, 75));
        Assert.All(batch.More(isFrugal: true), size => Assert.InRange(size, 2, 5));
    }

    [Fact]
    public void Trace_LargeInput_RecordsTheExampleOnce()
    {
        var rows = new List<long>();
        using var net = new Fn(x =>
        {
            rows.Add(x.shape[2]);
            return (((x + 1) * 2).sin().cos() + 3).mean([1L]);
        });

        TracedModel traced = OnnxExport.Trace(net, rand(2, 4, 600, 800),
            new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), 4, Axis.Named("H"), Axis.Named("W"))] });

        Assert.Equal("[N,H,W]", traced.Model.Outputs[0].Shape.ToString());
        Assert.Equal(1, rows.Count(height => height == 600));
        Assert.True(rows.Count > 3 && rows.Max() == 600, string.Join(" ", rows));
    }

    [Fact]
    public void Trace_LargeInput_OfAModuleThatRefusesSmallSizes_TakesOthers()
    {
        var seen = new List<long>();
        using var net = new Fn(x =>
        {
            seen.Add(x.shape[2]);
            return x.shape[2] < 500 ? throw new ArgumentException("too small") : (((x + 1) * 2).sin().cos() + 3).mean([1L]);
        });

        TracedModel traced =
            OnnxExport.Trace(net, rand(2, 4, 600, 800),
            new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), 4, Axis.Named("H"), 800)] });

        Assert.Equal("[N,H,800]", traced.Model.Outputs[0].Shape.ToString());
        Assert.True(seen.Min() < 500 && seen.Any(size => size >= 500 && size != 600), string.Join(" ", seen));
    }
}
