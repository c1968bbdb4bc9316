using Toolchain.Evaluate.Report;

namespace Toolchain.Cli.Sweeps;

/// <summary>One option, or several that change together, and the values that a sweep gives.</summary>
/// <param name="Key">As in <c>--set</c>; several with <c>/</c> between.</param>
/// <param name="Values">The values, in order; those of several options with <c>/</c> between.</param>
sealed record SweepAxis(string Key, IReadOnlyList<string> Values)
{
    /// <summary>key=value texts of the value number <paramref name="index"/>.</summary>
    public IEnumerable<string> Settings(int index) => Keys.Length == 1 ? [$"{Key}={Values[index]}"]
        : Keys.Zip(Values[index].Split('/'), (key, value) => $"{key}={value}");

    string[] Keys => Key.Split('/');

    /// <summary>Reads <c>key=a,b,c</c>.</summary>
    /// <exception cref="ArgumentException">It is no such text.</exception>
    public static SweepAxis Parse(string text)
    {
        string[] parts = text.Split('=', 2);
        string[] values = parts.Length == 2 ? parts[1].Split(',', StringSplitOptions.TrimEntries) : [];
        var axis = new SweepAxis(parts[0], values);
        return parts[0].Length > 0 && values.Length > 0 && values.All(value => value.Length > 0)
            && values.Distinct().Count() == values.Length
            && (axis.Keys.Length == 1 || values.All(value => value.Split('/').Length == axis.Keys.Length))
            ? axis
            : throw new ArgumentException($"--grid '{text}': expected key=value,value,... with different values, such as "
            + "queueLength=256,1024, or key/key=value/value,... for options that change together.");
    }
}

/// <summary>A grid of settings of one method: what all cells have, and the axes over which they differ.</summary>
/// <param name="Name">Name of its folder and files.</param>
/// <param name="Settings">key=value texts of every cell.</param>
/// <param name="Axes">At least one; the last one runs across a table.</param>
/// <param name="Poster">
/// The poster's accuracies in percent, cell by cell in the order of <see cref="Cells"/>; empty where there are none.
/// </param>
/// <param name="Images">Training images of a cell, the first ones; 0 for all.</param>
sealed record SweepGrid(string Name, IReadOnlyList<string> Settings, IReadOnlyList<SweepAxis> Axes, IReadOnlyList<double> Poster,
    int Images = 0)
{
    /// <summary>The poster's linear probes in percent, cell by cell; empty where the sweep has no probe.</summary>
    public IReadOnlyList<double> PosterLinear { get; init; } = [];

    // The poster's ablations by method.
    static readonly Dictionary<string, SweepGrid[]> ofPoster = new()
    {
        ["moco"] = [MoCo("queue", "queueLength"), MoCo("embedding", "embeddingSize", "queueLength=4096")],
        ["capsules"] = [Capsules],
    };

    /// <summary>Every combination of values, the last axis fastest, as key=value texts.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cells => Axes.Aggregate(
        (IReadOnlyList<IReadOnlyList<string>>)[[]],
        (cells, axis) =>
            [.. cells.SelectMany(cell => axis.Values.Select((_, index) => (IReadOnlyList<string>)[.. cell, .. axis.Settings(index)]))]);

    /// <summary>The grids of the poster's ablations of <paramref name="method"/>.</summary>
    /// <exception cref="ArgumentException">The poster has none, or none of that name.</exception>
    public static IReadOnlyList<SweepGrid> OfPoster(string method, string? name)
    {
        SweepGrid[] known = ofPoster.GetValueOrDefault(method, []);
        if (known.Length == 0)
        {
            throw new ArgumentException($"the poster has no ablation of {method}; name what to sweep with --grid key=value,value.");
        }
        SweepGrid[] asked = [.. known.Where(grid => name is null || grid.Name == name)];
        return asked.Length > 0 ? asked
            : throw new ArgumentException($"--preset '{name}': expected one of {string.Join(", ", known.Select(grid => grid.Name))}.");
    }

    // The poster's table of three cells, whose figures are ten k-means clusters mapped one-to-one, and linear probes. So short a run finds
    // no clusters yet that it could learn from.
    static SweepGrid Capsules => new(
        "capsules", ["stepCount=1500", "selfLabelShare=0"], [new SweepAxis("partCount/objectCount", ["30/16", "40/32", "60/40"])],
        PosterFigures.CapsulesAblation, Images: 10_000)
    {
        PosterLinear = PosterFigures.CapsulesLinear,
    };

    // The poster's table of 20 cells, queue length by key momentum. Its code gave the length to the embedding (its queue was always 4096),
    // so both are swept. Without the batch's negatives the queue is all that a query is compared with.
    static SweepGrid MoCo(string name, string column, params string[] settings) => new(
        name, ["stepCount=400", "batchNegatives=false", .. settings],
        [new SweepAxis("keyMomentum", ["0.9", "0.99", "0.999", "0.9999"]), new SweepAxis(column, ["16", "32", "64", "128", "256"])],
        PosterFigures.MoCoAblation, Images: 10_000);
}
