namespace Toolchain.Evaluate.Protocols;

/// <summary>A figure over several runs.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Of the sample: by n - 1.</param>
/// <param name="Lowest">The least of them.</param>
/// <param name="Highest">The greatest.</param>
public sealed record Spread(double Mean, double StandardDeviation, double Lowest, double Highest)
{
    /// <summary>Of at least two numbers.</summary>
    public static Spread Of(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return new Spread(mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)), values.Min(),
            values.Max());
    }
}

/// <summary>
/// Mean and spread of the figures of one method over its training seeds: of rows with equal settings, clusterer, protocol and number of
/// clusters.
/// </summary>
public sealed record SeedSpread
{
    /// <summary>The system.</summary>
    public required string Method { get; init; }

    /// <summary>What made the clusters.</summary>
    public required Clusterer Clusterer { get; init; }

    /// <summary>The protocol.</summary>
    public required Protocol Protocol { get; init; }

    /// <summary>Number of clusters.</summary>
    public required int K { get; init; }

    /// <summary>Seeds of the trainings, at least two, in the order of the rows.</summary>
    public required string[] Seeds { get; init; }

    /// <summary>Figures that all rows have, by their names in <c>metrics.json</c>.</summary>
    public required IReadOnlyDictionary<string, Spread> Figures { get; init; }

    /// <summary>One for each kind of rows that has several seeds; of a seed that is there twice, its first row counts.</summary>
    public static IReadOnlyList<SeedSpread> Of(IEnumerable<EvaluationRow> rows) =>
    [
        .. rows.Where(row => row is { Seed: not null, Settings: not null })
            .GroupBy(row => $"{row.Method}\n{row.Clusterer}\n{row.Protocol}\n{row.K}\n{row.Settings}")
            .Select(group => group.DistinctBy(row => row.Seed).ToArray()).Where(group => group.Length > 1).Select(Of),
    ];

    static SeedSpread Of(EvaluationRow[] rows)
    {
        var figures = new Dictionary<string, Spread>();
        foreach (RowFigure figure in RowFigure.All)
        {
            double?[] values = Array.ConvertAll(rows, row => figure.Of(row));
            if (Array.TrueForAll(values, value => value is not null))
            {
                figures[figure.Key] = Spread.Of(Array.ConvertAll(values, value => value!.Value));
            }
        }
        return new SeedSpread
        {
            Method = rows[0].Method,
            Clusterer = rows[0].Clusterer,
            Protocol = rows[0].Protocol,
            K = rows[0].K,
            Seeds = [.. rows.Select(row => row.Seed!)],
            Figures = figures,
        };
    }
}
