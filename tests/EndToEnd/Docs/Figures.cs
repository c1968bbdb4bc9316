using System.Text.Json;

namespace Toolchain.EndToEnd.Docs;

/// <summary>One measured figure of a method on MNIST's test images, in percent, a value for each seed (docs/figures.json).</summary>
/// <param name="Id">What sentences name it by, such as <c>moco.strict.spectral</c>.</param>
/// <param name="Method">The method.</param>
/// <param name="Settings">Options other than the defaults, or null.</param>
/// <param name="Measure">Protocol, clusterer and number of clusters, or the probe.</param>
/// <param name="Seeds">The seeds that the mean is of.</param>
/// <param name="Percent">Their values.</param>
/// <param name="OtherSeeds">Seeds that took part in choices, and are not in the mean; or null.</param>
/// <param name="OtherPercent">Their values.</param>
/// <param name="Nmi">Mean normalised mutual information, or null.</param>
/// <param name="Ari">Mean adjusted Rand index, or null.</param>
/// <param name="Poster">The figure of the poster under its own protocol, or null.</param>
/// <param name="UsesLabels">Whether training labels were used beyond naming clusters.</param>
/// <param name="Headline">
/// Columns of the README's table (<c>strict poster knn linear</c>) that show it, <c>deslanted</c> for a row of its own, or null.
/// </param>
/// <param name="Short">What stands beside the figure in that table, or null.</param>
sealed record Figure(string Id, string Method, string? Settings, string Measure, int[] Seeds, decimal[] Percent, int[]? OtherSeeds,
    decimal[]? OtherPercent, decimal? Nmi, decimal? Ari, decimal? Poster, bool UsesLabels, string? Headline, string? Short)
{
    /// <summary>All figures, in the order of the file.</summary>
    public static Figure[] All { get; } = JsonSerializer.Deserialize<Figure[]>(
        File.ReadAllText(Path.Combine(Checkout.Root, "docs", "figures.json")), JsonSerializerOptions.Web)!;

    /// <summary>Decimals that the values were recorded with.</summary>
    public int Decimals => Percent.Concat(OtherPercent ?? []).Max(value => value.Scale);

    /// <summary>Mean over <see cref="Seeds"/>.</summary>
    public decimal Mean => Math.Round(Percent.Average(), Decimals, MidpointRounding.AwayFromZero);

    /// <summary>The value of one seed, or null where it was not measured.</summary>
    public decimal? Of(int seed) => Value(Seeds, Percent, seed) ?? Value(OtherSeeds ?? [], OtherPercent ?? [], seed);

    static decimal? Value(int[] seeds, decimal[] values, int seed) => Array.IndexOf(seeds, seed) is >= 0 and int at ? values[at] : null;
}
