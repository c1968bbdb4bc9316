using System.Globalization;
using Toolchain.Export.Tests.Random;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Gradients;

/// <summary>
/// Gradients of random modules in ONNX Runtime: as TorchSharp's autograd has them, or where the two differ (by rounding, or because
/// functions have corners) as central differences in float64 have them.
/// </summary>
public sealed class RandomGradientTests
{
    const double Tolerance = 1e-4, DifferenceTolerance = 1e-5, Step = 1e-6;
    const int MostElements = 12, PartSize = 600;

    [Fact]
    public void Gradients_OfSomeRandomModules_AreRight() => Check(0, 60);

    // About a third of the modules have a floating-point result of a floating-point input.

    [Theory, Trait("Category", "Slow")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Gradients_OfAThousandRandomModules_AreRight(int part) => Check(part * PartSize, PartSize);

    // Failing seeds again: UVL_RANDOM_SEEDS=3182,4471.
    [Fact]
    public void Gradients_OfGivenSeeds_AreRight()
    {
        string given = Environment.GetEnvironmentVariable("UVL_RANDOM_SEEDS") ?? "";
        Assert.SkipUnless(given != "", "no seeds are given in UVL_RANDOM_SEEDS.");
        string[] wrong = [.. given.Split(',').Select(seed => (seed, Result: Of(int.Parse(seed, CultureInfo.InvariantCulture))))
            .Where(pair => pair.Result.Problem is not null).Select(pair => $"seed {pair.seed}: {pair.Result.Problem}")];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    static void Check(int first, int count)
    {
        (Outcome Kind, string? Problem)[] results = [.. Enumerable.Range(first, count).Select(Of)];
        string tally = string.Join(", ", results.CountBy(result => result.Kind).OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Value} {pair.Key}"));
        TestContext.Current.SendDiagnosticMessage("{0}", tally);
        string[] wrong = [.. results.Select((result, i) => (result, seed: first + i)).Where(pair => pair.result.Problem is not null)
            .Select(pair => $"seed {pair.seed}: {pair.result.Problem}")];
        Assert.True(wrong.Length == 0, $"{tally}\n{string.Join("\n", wrong)}");
        Assert.InRange(results.Count(result => result.Kind is Outcome.Same or Outcome.SameAsDifferences), count / 4, count);
    }

    enum Outcome
    {
        Same, SameAsDifferences, WithoutGradient, NotExported, Wrong,
    }

    static (Outcome Kind, string? Problem) Of(int seed)
    {
        using var scope = NewDisposeScope();
        using var module = new RandomModule(seed);
        var random = new System.Random(seed);
        // Apart from the quarters at which functions have their corners and elements are equal.
        Tensor[] examples = [.. module.Examples(seed).Select(x => x.is_floating_point() ? x + (rand_like(x) - 0.5) * 0.2 : x)];
        int opset = random.Next(OnnxModel.LowestOpset, OnnxModel.HighestOpset + 1);
        try
        {
            TracedModel traced = OnnxExport.Trace(module, examples, module.Options with { Opset = opset, Runtimes = [] });
            AutogradComparison? comparison = AutogradComparison.Of(traced.Traced.Module, examples, traced.Model);
            if (comparison is null || comparison.Expected.Count == 0)
            {
                return (Outcome.WithoutGradient, null);
            }
            Dictionary<string, double> found = comparison.Differences((model, inputs) => OrtRuntime.Create().Run(model.ToBytes(), inputs));
            if (found.Values.All(difference => difference <= Tolerance))
            {
                return (Outcome.Same, null);
            }
            return Wrong(comparison, random) is string problem
                ? (Outcome.Wrong, $"opset {opset}, {found.Values.Max():g3} from autograd: {problem}\n{module.Text}")
                : (Outcome.SameAsDifferences, null);
        }
        catch (ExportException)
        {
            return (Outcome.NotExported, null);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return (Outcome.Wrong, $"opset {opset}: {error.GetType().Name}: {error.Message.Split("Exception raised")[0]}\n{module.Text}");
        }
    }

    // Some elements of each gradient beside differences; where those of both sides differ too, there is a corner.
    static string? Wrong(AutogradComparison comparison, System.Random random)
    {
        IReadOnlyDictionary<string, TensorData> gradients = Evaluator.Run(comparison.Gradients(), comparison.Inputs);
        double middle = gradients["loss"].ToDoubles()[0];
        foreach (string name in comparison.Expected.Keys)
        {
            double[] ours = gradients[Graph.Gradients.GradientGraph.NameOf(name)].ToDoubles(), values = comparison.Inputs[name].ToDoubles();
            double largest = Math.Max(ours.Select(Math.Abs).DefaultIfEmpty(0).Max(), 1e-2);
            foreach (int i in Enumerable.Range(0, values.Length).OrderBy(_ => random.Next()).Take(MostElements))
            {
                double above = (At(name, i, Step) - middle) / Step, below = (middle - At(name, i, -Step)) / Step;
                bool isCorner = Math.Abs(above - below) > 1e-3 * largest;
                if (!isCorner && !(Math.Abs((above + below) / 2 - ours[i]) <= DifferenceTolerance * largest))
                {
                    return FormattableString.Invariant($"element {i} of '{name}' is {ours[i]:g7}, expected {(above + below) / 2:g7}");
                }
            }
        }
        return null;

        double At(string name, int element, double step)
        {
            double[] moved = comparison.Inputs[name].ToDoubles();
            moved[element] += step;
            return Evaluator.Run(comparison.Model, new Dictionary<string, TensorData>(comparison.Inputs)
            {
                [name] = TensorData.FromDoubles(moved, comparison.Inputs[name].Sizes, ElementType.Float64),
            })["loss"].ToDoubles()[0];
        }
    }
}
