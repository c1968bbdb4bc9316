using Toolchain.Graph.Inspection;

namespace Toolchain.Export;

/// <summary>What an element may be off: the sum of all parts. Whole numbers and truth values must be equal.</summary>
/// <param name="Absolute">An absolute difference.</param>
/// <param name="Relative">A fraction of the element's expected value.</param>
/// <param name="Scale">
/// A fraction of the largest magnitude in the tensor; errors may also have no larger a root mean square than that of all elements times
/// this.
/// </param>
sealed record Tolerance(double Absolute, double Relative, double Scale)
{
    /// <summary>What rounding costs by name of the output, or null where nobody asked.</summary>
    public IReadOnlyDictionary<string, double>? Noise { get; init; }

    /// <summary>
    /// The element of <paramref name="output"/> that exceeds its allowance most, or the largest difference where their root mean square is
    /// too large; otherwise -1.
    /// </summary>
    public int WorstOf(string output, TensorDifference difference)
    {
        double allowed = Absolute + (Noise?.GetValueOrDefault(output) ?? 0);
        int worst = difference.WorstAbove(allowed + Scale * difference.LargestMagnitude, Relative);
        bool isTooLarge = worst < 0 && Scale > 0
            && RootMeanSquare(difference.Elements) > allowed + (Relative + Scale) * RootMeanSquare(difference.Expected);
        return isTooLarge ? difference.Elements.Index().MaxBy(element => element.Item).Index : worst;
    }

    // What is not finite counts as 0.
    static double RootMeanSquare(IReadOnlyList<double> values) =>
        Math.Sqrt(values.Where(double.IsFinite).Sum(value => value * value) / Math.Max(1, values.Count));

    /// <summary>Such as "0 + 1e-05 of the value + 0.0001 of the largest".</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Absolute:g3} + {Relative:g3} of the value + {Scale:g3} of the largest");
}
