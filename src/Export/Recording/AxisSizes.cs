namespace Toolchain.Export.Recording;

/// <summary>Sizes of a named axis for tracing and proving, all inside its range.</summary>
/// <remarks>
/// A batch is traced at small sizes above 1, which broadcasting treats apart. Any other axis starts at the example's size and grows by
/// steps, so that the module accepts it; the second size is more than twice the first where the range has room, so that no stride or pool
/// of a net that takes the first can hide the difference.
/// </remarks>
sealed class AxisSizes
{
    // Sizes of a batch in the traces.
    static readonly int[] batch = [2, 5, 3, 8];

    // Largest size of an axis without a declared range.
    const int DefaultHighest = 64;

    // Largest number in a module's code around which a batch is proven, and an axis without a declared range.
    const int LargestBatch = 256, LargestUndeclared = 512;

    // Random sizes of each axis; any fixed seed.
    const int RandomCount = 3, Seed = 23;

    // Steps of an example's size from which a frugal trace takes smaller sizes.
    const int LongSteps = 64;

    /// <summary>Number of sizes that <see cref="More"/> gives, and of those where sizes cost much.</summary>
    public const int TracedMore = 12, FrugalMore = 6;

    readonly int[] traced, halved, frugal;
    readonly int step, example;

    /// <param name="axis">The axis.</param>
    /// <param name="sizes">The example's size wherever it occurs.</param>
    /// <param name="step">Distance of sizes that the module accepts.</param>
    /// <exception cref="ExportException">The step is below 1, or the examples have different sizes.</exception>
    public AxisSizes(Axis axis, IReadOnlyList<long> sizes, int step)
    {
        (Axis, this.step) = (axis, step);
        if (step < 1)
        {
            throw new ExportException($"the step of axis '{axis.Name}' must be at least 1, was {step}.");
        }
        if (!axis.IsBatch && sizes.Any(size => size != sizes[0]))
        {
            throw new ExportException($"axis '{axis.Name}' has the sizes {string.Join(", ", sizes)} in the examples; expected one.");
        }
        // A size of 1 broadcasts.
        example = Math.Max((int)sizes[0], 2);
        (Lowest, Highest) = (axis.Lowest ?? 1, axis.Highest ?? Math.Max(axis.IsBatch ? LargestBatch : DefaultHighest, 2 * example));
        if (sizes[0] < Lowest || sizes[0] > Highest)
        {
            throw new ExportException($"the example's size {sizes[0]} of axis '{axis.Name}' is outside its range [{Lowest}..{Highest}].");
        }
        // Of each remainder by 4 one, in steps: halves and quarters are told from their neighbours.
        int steps = (example + step - 1) / step;
        int[] growth = axis.IsBatch ? [.. batch.Select(size => size - example)]
            : [0, (steps / 4 * 4 + 5) * step, (steps / 8 * 4 + 2) * step, (steps / 8 * 4 + 7) * step];
        traced = Distinct([.. growth.Select(more => example + more)]);
        int[] less = [steps / 8 * 4 + 5, steps / 16 * 12 + 6, steps / 32 * 20 + 7, steps / 16 * 4 + 12];
        frugal = axis.IsBatch ? Distinct([2, 3, 5, 4]) : steps < LongSteps ? traced
            : Distinct([.. less.Select(fewer => example - fewer * step)]);
        // Where the range ends below twice the example, only a smaller size differs from it enough.
        bool hasRoom = axis.IsBatch || example + growth[1] <= Highest;
        halved = hasRoom ? traced : Distinct([example, example - less[0] * step, .. growth[2..].Select(more => example + more)]);
    }

    /// <summary>The axis as it was declared.</summary>
    public Axis Axis { get; }

    /// <summary>The example's size, at least 2.</summary>
    public int Example => example;

    /// <summary>Lowest size of its range, at least 1.</summary>
    public int Lowest { get; }

    /// <summary>Highest size of its range; without a declared one the highest that is proven.</summary>
    public int Highest { get; }

    /// <summary>The lowest size of its range that the module accepts.</summary>
    public int LowestFitting => Fitting(Lowest);

    /// <summary>The size that the module accepts nearest to another.</summary>
    public int Nearest(int size) => Fitting(Math.Clamp(size, Lowest, Highest));

    /// <summary>
    /// Further sizes for tracing: the lowest above 1, and sizes between and above the others; where they cost much, small batches and long
    /// axes below a third.
    /// </summary>
    public IReadOnlyList<int> More(bool isFrugal)
    {
        int[] wanted = isFrugal && Axis.IsBatch ? [2, 3, 5, 2, 3, 4]
            : isFrugal && example / step >= LongSteps ? [2, 3, 5, .. Enumerable.Range(1, 3).Select(i => example * i / 10 + i * i % 7)]
            : [2, 3, 5, example + step, example + 3 * step, 2 * example - step, 2 * example + 2 * step, 3 * example + 2 * step,
                4 * example + step, 5 * example + 3 * step, 6 * example + 5 * step, 9 * example + step];
        int[] fitting = [.. wanted.Select(size => Fitting(Math.Clamp(size, Math.Max(Lowest, 2), Math.Max(Highest, 2))))];
        return [.. fitting.Select(size => Math.Clamp(size, Lowest, Highest))];
    }

    /// <summary>
    /// Four sizes for tracing. A batch of 5 in the second trace distinguishes halves from constants; 3 takes less memory, and leaves
    /// that to the proof of batch 1. Where that is asked for, long axes take about half of the example's size and less than a quarter,
    /// instead of growing from it; other axes do so only where their range has no room above the example.
    /// </summary>
    public IReadOnlyList<int> Traced(bool isFrugal, bool isShrunk) => isFrugal && (Axis.IsBatch || isShrunk) ? frugal
        : isShrunk ? halved : traced;

    /// <summary>
    /// Its size in base proof number <paramref name="proof"/>, which has <paramref name="rows"/> rows: a batch is that, another axis takes
    /// a size near the example that was never traced, its lowest, and random ones.
    /// </summary>
    public int Base(int proof, int rows)
    {
        if (Axis.IsBatch)
        {
            return Axis.Lowest is null ? rows : Math.Clamp(rows, Lowest, Highest);
        }
        int[] sizes =
            [Enumerable.Range(1, 9).Select(i => example + i * step)
            .FirstOrDefault(size => IsFit(size) && !traced.Contains(size), traced[0]), Fitting(Lowest), .. Random()];
        return sizes[proof % sizes.Length];
    }

    /// <summary>
    /// Sizes at which a module may do something else: the ends of the range, sizes next to the lowest, at which quotients round off, the
    /// neighbourhood of <paramref name="constants"/> (the number, one less and one more), and random ones. Without a declared range the
    /// neighbourhood of constants above it comes last.
    /// </summary>
    public IEnumerable<int> CriticalSizes(IEnumerable<long> constants)
    {
        int[] around = [.. constants.SelectMany(number => (long[])[number - 1, number, number + 1])
            .Where(size => size >= Lowest && size <= Math.Max(Highest, LargestUndeclared)).Select(size => (int)size)];
        IEnumerable<int> near = around.Where(IsFit);
        IEnumerable<int> above = around.Where(size => size > Highest && Axis.Highest is null && (size - example) % step == 0);
        return (Axis.IsBatch ? near
            : [Fitting(Lowest), Fitting(Highest), Fitting(Lowest + 1), Fitting(Lowest + 2), .. near, .. Random(), .. above]).Distinct();
    }

    IEnumerable<int> Random()
    {
        var random = new Random(Seed);
        return Enumerable.Range(0, RandomCount).Select(_ => Fitting(random.Next(Lowest, Highest + 1)));
    }

    // Sizes that the range has no room for are mirrored into it; the four differ as far as it has four.
    int[] Distinct(int[] wanted)
    {
        List<int> taken = [];
        foreach (int size in wanted)
        {
            int[] near =
                [size, .. Enumerable.Range(1, Highest)
                .SelectMany(distance => (int[])[example - distance * step, example + distance * step])];
            taken.Add(near.Where(candidate => candidate > 1 || Highest < 3)
                .FirstOrDefault(candidate => IsFit(candidate) && !taken.Contains(candidate), Math.Clamp(size, Lowest, Highest)));
        }
        return [.. taken];
    }

    bool IsFit(int size) => size >= Lowest && size <= Highest && (Axis.IsBatch || (size - example) % step == 0);

    // The nearest size of the grid of steps inside the range.
    int Fitting(int size) => Enumerable.Range(0, step).SelectMany(distance => (int[])[size + distance, size - distance])
        .FirstOrDefault(IsFit, example);
}
