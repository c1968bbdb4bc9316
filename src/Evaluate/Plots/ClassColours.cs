using System.Globalization;

namespace Toolchain.Evaluate.Plots;

/// <summary>Colours of classes in maps, in the report and on pages.</summary>
public static class ClassColours
{
    static readonly int[] hues = [0, 28, 50, 90, 140, 175, 205, 240, 280, 320];

    /// <summary>
    /// The colour of a class, as CSS has it. The first ten are told apart best; those that follow turn on by the golden angle.
    /// </summary>
    /// <param name="label">The class, from 0.</param>
    public static string Of(int label) => label < hues.Length ? $"hsl({hues[label]} 75% 55%)"
        : string.Create(CultureInfo.InvariantCulture, $"hsl({label * 137.508 % 360:f0} {(label % 2 == 0 ? 75 : 45)}% 55%)");
}
