using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Random;

/// <summary>
/// Random modules, exported and compared in ONNX Runtime at random sizes: no file may be wrong, and none unloadable; what cannot be
/// exported is refused by name.
/// </summary>
public sealed class RandomModuleTests
{
    const int PartSize = 1000;

    [Fact]
    public void Exports_OfSomeRandomModules_AreRightOrRefused() =>
        Check(0, int.Parse(Environment.GetEnvironmentVariable("UVL_RANDOM") ?? "150", System.Globalization.CultureInfo.InvariantCulture));

    // Seeds of one failing module or of a further campaign: UVL_RANDOM_SEEDS=3182,4471.
    [Fact]
    public void Exports_OfGivenSeeds_AreRightOrRefused()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("UVL_RANDOM_SEEDS") is { Length: > 0 },
            "no seeds are given in UVL_RANDOM_SEEDS.");
        int[] seeds = [.. Environment.GetEnvironmentVariable("UVL_RANDOM_SEEDS")!.Split(',')
            .Select(seed => int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture))];
        string[] wrong = [.. seeds.Select(seed => Run(seed, out _) is string problem ? $"seed {seed}: {problem}" : "")
            .Where(text => text != "")];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    // Ten thousand, in parts of which each says how far it came.
    [Theory, Trait("Category", "Slow")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void Exports_OfTenThousandRandomModules_AreRightOrRefused(int part) => Check(part * PartSize, PartSize);

    static void Check(int first, int count)
    {
        (int exported, int refused) = (0, 0);
        var wrong = new List<string>();
        for (int seed = first; seed < first + count; seed++)
        {
            string? problem = Run(seed, out bool isRefused);
            (exported, refused) = isRefused ? (exported, refused + 1) : (exported + 1, refused);
            if (problem is not null)
            {
                wrong.Add($"seed {seed}: {problem}");
            }
        }
        TestContext.Current.SendDiagnosticMessage("{0} exported, {1} refused, {2} wrong", exported, refused, wrong.Count);
        Assert.True(wrong.Count == 0,
            $"{wrong.Count} of {count} random modules ({exported} exported, {refused} refused):\n{string.Join("\n", wrong.Take(400))}");
        Assert.InRange(exported, count / 2, count);
    }

    // Null where the module was refused by name, or all runtimes agree at all sizes.
    static string? Run(int seed, out bool isRefused)
    {
        using var scope = NewDisposeScope();
        isRefused = false;
        using var module = new RandomModule(seed);
        var random = new System.Random(seed);
        int opset = random.Next(OnnxModel.LowestOpset, OnnxModel.HighestOpset + 1);
        try
        {
            TracedModel traced =
                OnnxExport.Trace(module, module.Examples(seed), module.Options with { Opset = opset, ProofSizes = [1, 3], Runtimes = [] });
            _ = traced.Prove();
            byte[] bytes = traced.Model.ToBytes();
            for (int i = 0; i < 3; i++)
            {
                if (Differs(traced, bytes, module.AtRandomSizes(random)) is string difference)
                {
                    return $"opset {opset}: {difference}\n{module.Text}";
                }
            }
            return null;
        }
        catch (ParityException miss) when (module.HasTrap)
        {
            // Another way at some sizes, which the proof has found: no file is written.
            isRefused = true;
            return miss.Message.Length == 0 ? module.Text : null;
        }
        catch (ExportException refusal)
        {
            isRefused = true;
            return Environment.GetEnvironmentVariable("UVL_SHOW_REFUSED") is null ? null
                : $"REFUSED opset {opset}: {refusal.Message}\n{module.Text}";
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"opset {opset}: {error.GetType().Name}: {error.Message.Split("Exception raised")[0]}\n{module.Text}";
        }
    }

    static string? Differs(TracedModel traced, byte[] bytes, Tensor[] inputs)
    {
        Tensor expected;
        try
        {
            using var noGradients = no_grad();
            expected = ModuleCall.Run(traced.Traced.Module, inputs)[0];
        }
        catch (Exception error)
            when (error is System.Runtime.InteropServices.ExternalException or ArgumentException or IndexOutOfRangeException)
        {
            return null; // sizes that the module itself refuses
        }
        TensorData wanted = NativeTensor.Read(expected);
        if (wanted.Count == 0)
        {
            return null;
        }
        string place = string.Join(" ", inputs.Select(input => $"[{string.Join(",", input.shape)}]"));
        TensorData found;
        try
        {
            found = OrtRuntime.Create()
                .Run(bytes, traced.Traced.Inputs.Names.Zip(inputs).ToDictionary(pair => pair.First, pair => NativeTensor.Read(pair.Second)))
                .Single().Value;
        }
        catch (Microsoft.ML.OnnxRuntime.OnnxRuntimeException error)
        {
            return $"at {place}: {error.Message.ReplaceLineEndings(" ")}";
        }
        if (!wanted.Sizes.SequenceEqual(found.Sizes) || wanted.Type != found.Type)
        {
            return $"at {place}: [{string.Join(",", found.Sizes)}] {found.Type}, expected [{string.Join(",", wanted.Sizes)}] {wanted.Type}";
        }
        (double[] a, double[] b) = (wanted.ToDoubles(), found.ToDoubles());
        double scale = a.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        // NaN comes from means of nothing here, for which runtimes have other values (docs/exporter/operators.md).
        int miss = Enumerable.Range(0, a.Length).FirstOrDefault(
            i => !double.IsNaN(a[i]) && !a[i].Equals(b[i]) && !(Math.Abs(a[i] - b[i]) <= 1e-4 * scale + 2e-5), -1);
        return miss < 0 ? null : FormattableString.Invariant($"at {place}: element {miss} is {b[miss]:g7}, expected {a[miss]:g7}");
    }
}
