using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Random;

/// <summary>
/// A module of randomly chosen operators on inputs of random shapes, element types and named axes; the same seed gives the same one.
/// </summary>
sealed class RandomModule : nn.Module<Tensor, Tensor, Tensor>
{
    // Sizes of the named axes: those of the examples, and others at which every step must work too.
    static readonly long[] first = [4, 7, 6], second = [3, 10, 9];
    static readonly string[] axes = ["N", "L", "M"];
    static readonly ScalarType[] types =
        [ScalarType.Float32, ScalarType.Float32, ScalarType.Float32, ScalarType.Float32, ScalarType.Int64, ScalarType.Int64,
            ScalarType.Bool, ScalarType.Int32, ScalarType.Float64, ScalarType.Byte];

    const long MostElements = 20_000;

    readonly List<(string Name, Func<IReadOnlyList<Tensor>, Tensor> Apply)> steps = [];

    public RandomModule(int seed) : base(nameof(RandomModule))
    {
        Recording.NativeGuard.Set();
        using var scope = NewDisposeScope();
        manual_seed(seed);
        var random = new System.Random(seed);
        Inputs = [.. Enumerable.Range(0, 2).Select(i => Input(random, i))];
        List<Part> pool = [.. Inputs.Select(input => new Part(Draw(input, first, seed), Draw(input, second, seed), IsExact: true))];
        int wanted = random.Next(2, 7);
        for (int tries = 0; steps.Count < wanted && tries < 200; tries++)
        {
            int at = random.Next(3) == 0 ? random.Next(pool.Count) : pool.Count - 1;
            RandomOperators.Operator item = RandomOperators.All[random.Next(RandomOperators.All.Count)];
            if (item.NeedsExact && !pool[at].IsExact)
            {
                continue;
            }
            var draw = new RandomOperators.Draw(random, pool, at);
            if (Try(item, draw) is Part made)
            {
                pool.Add(made);
                int of = at;
                steps.Add(($"{item.Name}({draw})", values => item.Apply(values[of], values, draw)));
            }
        }
        RegisterComponents();
        eval();
    }

    /// <param name="Example">The tensor at the first sizes.</param>
    /// <param name="Other">The tensor at the second sizes.</param>
    /// <param name="IsExact">Whether its elements are free of rounding, so that steps that jump may follow.</param>
    public sealed record Part(Tensor Example, Tensor Other, bool IsExact);

    public sealed record InputOf(string Name, ScalarType Type, (long Size, int Axis)[] Axes);

    public InputOf[] Inputs { get; }

    /// <summary>Whether a step does something else at some sizes.</summary>
    public bool HasTrap => steps.Any(step => RandomOperators.Traps.Any(trap => step.Name.StartsWith($"{trap}(", StringComparison.Ordinal)));

    /// <summary>What it computes, a line for each step.</summary>
    public string Text =>
        string.Join("\n",
        [.. Inputs.Select(input =>
        $"  {input.Name}: {input.Type} [{string.Join(",", input.Axes.Select(axis => axis.Axis < 0 ? $"{axis.Size}" : axes[axis.Axis]))}]"),
        .. steps.Select((step, i) => $"  t{i + Inputs.Length} = {step.Name}")]);

    public OnnxExportOptions Options =>
        new()
        {
            Inputs =
        [.. Inputs.Select(input =>
        new ExportInput(input.Name, [.. input.Axes.Select(axis => axis.Axis < 0 ? axis.Size : Axis.Named(axes[axis.Axis]))]))]
        };

    public Tensor[] Examples(int seed) => [.. Inputs.Select(input => Draw(input, first, seed))];

    /// <summary>Inputs at random sizes of the named axes.</summary>
    public Tensor[] AtRandomSizes(System.Random random)
    {
        long[] sizes = [random.Next(1, 9), random.Next(1, 24), random.Next(1, 24)];
        return [.. Inputs.Select(input => Draw(input, sizes, random.Next()))];
    }

    public override Tensor forward(Tensor a, Tensor b)
    {
        List<Tensor> values = [a, b];
        foreach ((_, Func<IReadOnlyList<Tensor>, Tensor> apply) in steps)
        {
            values.Add(apply(values));
        }
        return values[^1];
    }

    static Part? Try(RandomOperators.Operator item, RandomOperators.Draw draw)
    {
        try
        {
            Part from = draw.Pool[draw.At];
            Tensor example = item.Apply(from.Example, [.. draw.Pool.Select(part => part.Example)], draw);
            Tensor other = item.Apply(from.Other, [.. draw.Pool.Select(part => part.Other)], draw);
            bool isFit = example.numel() is > 0 and < MostElements && other.numel() is > 0 and < MostElements
                && example.dim() == other.dim() && example.dim() <= 5 && IsTame(example) && IsTame(other);
            isFit &= !item.NeedsExact || draw.AllExact;
            return isFit ? new Part(example.clone(), other.clone(), item.KeepsExact && draw.AllExact) : null;
        }
        catch (Exception error)
            when (error is System.Runtime.InteropServices.ExternalException or ArgumentException or InvalidOperationException
            or NotImplementedException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    // Large numbers lose their last digits, and what is not finite has cases of its own.
    static bool IsTame(Tensor x) => !x.is_floating_point() ? x.dtype == ScalarType.Bool || x.to(int64).abs().max().item<long>() < 1 << 20
        : x.isfinite().all().item<bool>() && x.abs().max().to(float64).item<double>() < 1e4;

    static InputOf Input(System.Random random, int number)
    {
        int rank = random.Next(10) == 0 ? random.Next(0, 2) : random.Next(1, 5);
        (long, int)[] of =
            [.. Enumerable.Range(0, rank)
            .Select(i => i == 0 || random.Next(3) == 0 ? (first[Math.Min(i, 2)], Math.Min(i, 2)) : (random.Next(1, 9), -1))];
        return new InputOf($"x{number}", types[random.Next(types.Length)], of);
    }

    // Quarters: sums and products of a few are exact.
    static Tensor Draw(InputOf input, long[] sizes, int seed)
    {
        using var generator = new Generator((ulong)seed);
        long[] shape = [.. input.Axes.Select(axis => axis.Axis < 0 ? axis.Size : sizes[axis.Axis])];
        Tensor whole = randint(-8, 9, shape, generator: generator);
        return input.Type switch
        {
            ScalarType.Bool => whole.gt(0),
            ScalarType.Byte => whole.abs().to(uint8),
            ScalarType.Int64 or ScalarType.Int32 => whole.to(input.Type),
            _ => (whole.to(float64) / 4).to(input.Type),
        };
    }
}
