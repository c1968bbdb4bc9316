namespace Toolchain.Export.Parity;

/// <summary>What an element may be off: the sum of all parts. Whole numbers and truth values must be equal.</summary>
/// <param name="Absolute">An absolute difference.</param>
/// <param name="Relative">A fraction of the element's expected value.</param>
/// <param name="Scale">
/// A fraction of the largest magnitude in the tensor; errors may also have no larger a root mean square than that of all elements times
/// this.
/// </param>
sealed record Tolerance(double Absolute, double Relative, double Scale)
{
    /// <summary>Nothing is allowed.</summary>
    public static Tolerance None { get; } = new(0, 0, 0);

    /// <summary>What rounding costs by name of the output, or null where nobody asked.</summary>
    public IReadOnlyDictionary<string, double>? Noise { get; init; }

    public double NoiseOf(string output) => Noise?.GetValueOrDefault(output) ?? 0;

    public override string ToString() =>
        FormattableString.Invariant($"{Absolute:g3} + {Relative:g3} of the value + {Scale:g3} of the largest");
}
